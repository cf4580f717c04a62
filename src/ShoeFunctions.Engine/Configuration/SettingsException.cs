using Microsoft.Extensions.Options;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Settings are missing, malformed or contradictory. The message lists all faults, a line each.</summary>
public sealed class SettingsException : OptionsValidationException
{
    private readonly IReadOnlyList<SettingFault> _faults;

    internal SettingsException(IReadOnlyList<SettingFault> faults)
        : base(nameof(Settings), typeof(Settings), faults.Select(fault => fault.Text)) => _faults = faults;

    /// <summary>Faults that have no value in them.</summary>
    internal SettingsException(IReadOnlyList<string> faults) : this([.. faults.Select(fault => new SettingFault(fault, fault))])
    {
    }

    /// <inheritdoc/>
    public override string Message => List(fault => fault.Text);

    /// <summary>The same as a failure. No value is in it: failures are answered over HTTP.</summary>
    public Failure ToFailure() => new(FailureSource.Settings, "read settings", FailureKind.Invalid, "wrong-settings", false, List(fault => fault.WithoutValue));

    private string List(Func<SettingFault, string> text) => $"Wrong settings:\n{string.Join('\n', _faults.Select(fault => "  " + text(fault)))}";
}
