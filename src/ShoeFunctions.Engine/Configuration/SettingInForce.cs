using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>A setting and its value, as it may be shown: of a secret no more than about how long it is.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsDefault">Whether it is not set, and this is its default.</param>
public sealed record SettingInForce(string Name, string Value, bool IsDefault)
{
    /// <summary>All that have a value.</summary>
    public static IEnumerable<SettingInForce> Of(IConfiguration configuration) =>
        from setting in Settings.All
        let value = configuration[setting.Name]
        let isDefault = string.IsNullOrEmpty(value)
        where !isDefault || setting.Default is not null
        select new SettingInForce(setting.Name, isDefault ? setting.Default! : setting.Display(value!), isDefault);
}
