using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Tests.Configuration;

public sealed class SettingInForceTests
{
    [Fact]
    public void Those_with_a_value_are_listed_in_order_and_no_secret_is_shown()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("KAFKA_API_SECRET", "hush-4711"), new("SCHEMA_REGISTRY_URL", "https://user:hush-4711@registry"), new("KAFKA_TOPIC", "")]).Build();
        var all = SettingInForce.Of(configuration).ToArray();
        Assert.DoesNotContain("hush", string.Concat(all.Select(setting => setting.Value)), StringComparison.Ordinal);
        Assert.Equal(["KAFKA_API_SECRET", "SCHEMA_REGISTRY_URL"], all.Where(setting => !setting.IsDefault).Select(setting => setting.Name));
        Assert.Contains(new SettingInForce("KAFKA_TOPIC", "js_shoe", true), all);
        Assert.Equal(Settings.All.Select(setting => setting.Name).Where(name => all.Any(setting => setting.Name == name)), all.Select(setting => setting.Name));
    }
}
