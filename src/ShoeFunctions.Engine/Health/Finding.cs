namespace ShoeFunctions.Engine.Health;

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Subject">What it is, in a word or two.</param>
/// <param name="State">Healthy, degraded (a warning) or unhealthy.</param>
/// <param name="Text">What was found, and what to do about it.</param>
/// <param name="IsTested">Whether it was looked at, and not only said that it cannot be without producing.</param>
public sealed record Finding(string Subject, HealthState State, string Text, bool IsTested = true);
