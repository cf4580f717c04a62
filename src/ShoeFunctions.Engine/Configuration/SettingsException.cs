using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Settings are missing, malformed or contradictory. The message lists all faults, a line each.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : OptionsValidationException(nameof(ShoeSettings), typeof(ShoeSettings), faults)
{
    /// <inheritdoc/>
    public override string Message => $"Wrong settings:\n{string.Join('\n', Failures.Select(fault => "  " + fault))}";

    /// <summary>The same as a failure.</summary>
    public Failure ToFailure() => new(FailureSource.Settings, "read settings", FailureKind.Invalid, "wrong-settings", false, Message);
}
