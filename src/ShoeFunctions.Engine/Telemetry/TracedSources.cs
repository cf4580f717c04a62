namespace ShoeFunctions.Engine.Telemetry;

/// <summary>The names of the activity sources that are traced.</summary>
internal sealed record TracedSources(IReadOnlyCollection<string> Names);
