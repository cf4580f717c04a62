using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ShoeFunctions.Local.Terminal;

/// <summary>One of what <c>doctor --json</c> prints.</summary>
/// <param name="Result"><c>ok</c>, <c>warning</c>, <c>failure</c> or <c>untested</c>.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found, and what to do about it.</param>
internal sealed record DoctorFinding(string Result, string Subject, string Text);

/// <summary>One of what <c>settings --json</c> prints.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Value">Its value, masked where it is a secret; null where it has none.</param>
/// <param name="Source">Where that comes from.</param>
internal sealed record SettingLine(string Name, string? Value, string Source);

/// <summary>How both are written.</summary>
[JsonSerializable(typeof(DoctorFinding[]))]
[JsonSerializable(typeof(SettingLine[]))]
internal sealed partial class LinesJson : JsonSerializerContext
{
    /// <summary>For a terminal and for jq, not for a web page: as it is, without escapes of what only HTML minds.</summary>
    public static LinesJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
