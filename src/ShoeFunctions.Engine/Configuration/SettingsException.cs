namespace ShoeFunctions.Engine.Configuration;

/// <summary>Settings are missing, malformed or contradictory. The message lists all faults, a line each.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception($"Wrong settings:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Select(fault => "  " + fault))}")
{
    /// <summary>What is wrong, a sentence a fault.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
