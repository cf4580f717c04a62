using System.Text.Json.Serialization;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>How production goes, in one word.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProductionState>))]
public enum ProductionState
{
    /// <summary>No tick was run yet.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>The last run was delivered whole, and no more is pending than one run makes up for on the side.</summary>
    [JsonStringEnumMemberName("delivering")] Delivering,

    /// <summary>The last run was delivered whole, and since then a due tick is not for longer than ticks take, or many are still to be made up for.</summary>
    [JsonStringEnumMemberName("behind")] Behind,

    /// <summary>The last run was cut short because the program was told to stop.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,

    /// <summary>The last run was not delivered whole, or none of the brokers can be reached for the one that is under way.</summary>
    [JsonStringEnumMemberName("failing")] Failing,

    /// <summary>Ticks are due, and nothing runs them.</summary>
    [JsonStringEnumMemberName("stalled")] Stalled,
}
