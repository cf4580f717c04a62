using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ShoeFunctions.Engine.Auditing;

namespace ShoeFunctions.Local.Terminal;

/// <summary>How the answers and their scores are written: a fault on a line, with what it has; a number that JSON has not is text.</summary>
[JsonSerializable(typeof(FaultyShoe))]
[JsonSerializable(typeof(AnswerScore))]
[JsonSerializable(typeof(double))]
internal sealed partial class AnswersJson : JsonSerializerContext
{
    /// <summary>A fault a line.</summary>
    public static AnswersJson Lines { get; } = new(Written(isIndented: false, JsonIgnoreCondition.WhenWritingNull));

    /// <summary>The score.</summary>
    public static AnswersJson Score { get; } = new(Written(isIndented: true, JsonIgnoreCondition.Never));

    private static JsonSerializerOptions Written(bool isIndented, JsonIgnoreCondition ignored) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = isIndented,
        DefaultIgnoreCondition = ignored,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
