namespace ShoeFunctions.Engine.Health;

/// <summary>What <c>/api/health/live</c> answers: that the process is there and serves.</summary>
public sealed record LiveAnswer(string Status)
{
    /// <summary>The only answer there is.</summary>
    public static LiveAnswer Live { get; } = new("live");
}
