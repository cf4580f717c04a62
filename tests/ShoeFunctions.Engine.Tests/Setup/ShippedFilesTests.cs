using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Tests.Setup;

public sealed partial class ShippedFilesTests
{
    /// <summary>What Functions itself reads.</summary>
    private static readonly string[] OfTheHost = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"];

    [Fact]
    public void The_sample_lists_exactly_the_settings_that_the_code_reads_with_the_codes_defaults()
    {
        var sample = JsonSerializer.Deserialize<JsonElement>(Read("local.settings.sample.json")).GetProperty("Values");
        var values = sample.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString());
        Assert.Equal(Settings.All.Select(setting => setting.Name).Concat(OfTheHost).Order(), values.Keys.Order());
        Assert.All(Settings.All, setting => Assert.True(setting.Default is null || setting.Default == values[setting.Name], setting.Name));
        // The brokers of compose.yaml want these, on this machine alone; no other secret has a value.
        Assert.All(Settings.All.Where(setting => setting.IsSecret), setting =>
            Assert.Equal(setting.Name switch { "KAFKA_API_KEY" => "shoes", "KAFKA_API_SECRET" => "only-for-this-machine", _ => "" }, values[setting.Name]));
    }

    [Fact]
    public void The_README_lists_exactly_the_settings_that_the_code_reads_with_the_codes_defaults()
    {
        var rows = Row.Matches(Read("README.md")).ToArray();
        Assert.Equal(
            Settings.All.Select(setting => setting.Name).Order(),
            rows.SelectMany(row => Name.Matches(row.Groups["names"].Value)).Select(name => name.Groups[1].Value).Order());
        // Several settings of a row have as many defaults, in their order.
        Assert.All(Settings.All.Where(setting => setting.Default is not null), setting =>
        {
            var row = rows.Single(row => row.Groups["names"].Value.Contains($"`{setting.Name}`", StringComparison.Ordinal));
            var (names, defaults) = (Name.Matches(row.Groups["names"].Value).Select(name => name.Groups[1].Value).ToArray(), row.Groups["default"].Value.Split(", "));
            Assert.Equal(names.Length, defaults.Length);
            Assert.Equal($"`{setting.Default}`", defaults[Array.IndexOf(names, setting.Name)]);
        });
    }

    [Fact]
    public void The_README_has_less_than_a_hundred_lines() => Assert.InRange(Read("README.md").Split('\n').Length, 1, 100);

    private static string Read(string name, [CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../..", name));

    [GeneratedRegex(@"^\| (?<names>`[A-Z_]+`[^|]*) \| (?<default>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    [GeneratedRegex("`([A-Z_]+)`")]
    private static partial Regex Name { get; }
}
