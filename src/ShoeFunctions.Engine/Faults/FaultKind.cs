using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.Faults;

/// <summary>What can be wrong with a shoe on purpose.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
public enum FaultKind
{
    /// <summary>The record's timestamp is older than its tick.</summary>
    [JsonStringEnumMemberName("late")] Late,

    /// <summary>The record is sent twice, the second time later in the same tick.</summary>
    [JsonStringEnumMemberName("repeated")] Repeated,

    /// <summary>The value cannot be read.</summary>
    [JsonStringEnumMemberName("corrupt")] Corrupt,

    /// <summary>The shoe is not sent: its id is left out.</summary>
    [JsonStringEnumMemberName("missing")] Missing,

    /// <summary>One of the fields has a value that no shoe has.</summary>
    [JsonStringEnumMemberName("outlier")] Outlier,

    /// <summary>The record is sent after shoes with higher indexes.</summary>
    [JsonStringEnumMemberName("reordered")] Reordered,
}

/// <summary>The kinds' names, as settings, headers and answers have them.</summary>
public static class FaultKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FaultKind> All { get; } = Enum.GetValues<FaultKind>();

    /// <summary>A kind's name.</summary>
    public static string Name(this FaultKind kind) => Names[(int)kind];

    /// <summary>The kind of a name, in any case.</summary>
    public static bool TryParse(string name, out FaultKind kind)
    {
        kind = All.FirstOrDefault(each => each.Name().Equals(name, StringComparison.OrdinalIgnoreCase));
        return kind.Name().Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static readonly string[] Names = [.. Enum.GetNames<FaultKind>().Select(name => name.ToLowerInvariant())];
}
