using Azure.Data.Tables;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Tests.Auditing;

/// <summary>What an audit makes of ticks whose chunks the Functions app's instances are still making.</summary>
public sealed class OpenTickTests(Azurite azurite) : IClassFixture<Azurite>
{
    private const string Setting = "AzureWebJobsStorage";

    private static readonly Tick Closed = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private static readonly Tick Open = new(Closed.UnixSeconds + 1);

    [Fact(SkipUnless = nameof(Azurite.IsThere), SkipType = typeof(Azurite), Skip = Azurite.WhyNot)]
    public async Task They_are_left_out_and_it_says_so()
    {
        await using var cluster = await HalfMadeAsync();
        var store = new TableProgressStore(new TableServiceClient(azurite.ConnectionString), ClusterName.Of(cluster.Kafka.BootstrapServers), "js_shoe", TimeProvider.System);
        await store.UpdateAsync(
            state => state.BeginningAt(Open).Opening(new OpenTick(Open, Cluster.Batch, 10, 0, OpenTick.NewOpening(), Open.Time, Open.Time)), TestContext.Current.CancellationToken);

        var (exitCode, outcome) = await cluster.AuditAsync(Closed, Open, "--exactly-once", (Setting, azurite.ConnectionString));
        Assert.Equal(
            (0, 1, 1, Cluster.Batch, 0, 2),
            (exitCode, outcome.GetProperty("ticks").GetInt32(), outcome.GetProperty("openTicks").GetArrayLength(), outcome.GetProperty("shoes").GetInt32(),
                outcome.GetProperty("missing").GetInt32(), outcome.GetProperty("outside").GetInt32()));

        var ended = await cluster.RunAsync($"audit {Cluster.Range(Open, Open)}", (Setting, azurite.ConnectionString));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains($"\nopen      1 tick from {Open} on left out: chunks of them are still being made\n", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no tick in this range", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9", "The storage account at http://127.0.0.1:9 cannot be reached")]
    [InlineData(null, "Wrong settings: AzureWebJobsStorage: ")]
    public async Task Where_it_cannot_be_told_which_are_open_it_says_so_and_goes_on(string? account, string why)
    {
        await using var cluster = await HalfMadeAsync();
        var ended = await cluster.RunAsync($"audit {Cluster.Range(Closed, Open)} --json", (Setting, account is null ? "none" : Azurite.ConnectionStringOf(new Uri(account))));
        Assert.StartsWith(
            $"Large ticks that are still open may count as missing, because the progress cannot be read: {why}", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"\"missing\": {Cluster.Batch - 2},", ended.Output, StringComparison.Ordinal);
        Assert.Contains("\"openTicks\": [],", ended.Output, StringComparison.Ordinal);
    }

    /// <summary>A tick, and two shoes of the one after it.</summary>
    private static async Task<Cluster> HalfMadeAsync()
    {
        var cluster = await Cluster.StartAsync();
        Assert.Equal(0, (await cluster.RunAsync($"replay {Cluster.Range(Closed, Closed)} --yes")).ExitCode);
        foreach (var index in (int[])[0, 7])
        {
            var (frame, headers) = Cluster.RecordOf(Open, index);
            await cluster.WriteAsync(frame, Open, headers);
        }

        return cluster;
    }
}
