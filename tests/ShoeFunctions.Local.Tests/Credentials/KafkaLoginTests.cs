using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>Logging in at brokers that ask for it, and going on when the credentials are exchanged.</summary>
public sealed class KafkaLoginTests
{
    private const int Batch = 10_000;

    /// <summary>More than a minute of ticks: only then the vault is read again.</summary>
    private const int TicksBefore = 8;

    private const int TicksAfter = 5;

    private static readonly ApiKey Right = new("hush-k1", "hush-k2");
    private static readonly ApiKey Other = new("hush-k3", "hush-k4");
    private static readonly ApiKey Registry = new("hush-r1", "hush-r2");

    [Fact]
    public async Task The_right_credentials_deliver()
    {
        await using var engine = await GuardedEngine.StartAsync(Right, Registry, ("BATCH_SIZE", $"{Batch}"));
        var report = Assert.Single(await engine.RunDueAsync());
        Assert.True(report.IsDelivered, $"{report.Failure}");
        Assert.NotEqual(0, engine.Front.Logins);
        Assert.Equal(0, engine.Front.Refusals);
        Assert.Equal(Enumerable.Range(0, Batch).Select(report.Tick.ShoeId), engine.ReadIds().Order());
    }

    [Theory]
    [InlineData("hush-k1", "hush-x")]
    [InlineData("hush-x", "hush-k2")]
    public async Task Wrong_ones_fail_every_tick_for_what_they_are(string key, string secret)
    {
        await using var engine = await GuardedEngine.StartAsync(Right, Registry,
            ("BATCH_SIZE", "100"), ("KAFKA_API_KEY", key), ("KAFKA_API_SECRET", secret));
        for (var tick = 0; tick < 3; tick++)
        {
            var report = Assert.Single(await engine.RunDueAsync());
            Assert.Equal((0, 100), (report.Delivered, report.Failed));
            Assert.Equal((FailureSource.Kafka, FailureKind.Authentication), (report.Failure!.Source, report.Failure.Kind));
            Assert.StartsWith("The brokers rejected the credentials: check KAFKA_API_KEY and KAFKA_API_SECRET", report.Failure.Advice, StringComparison.Ordinal);
        }

        Assert.NotEqual(0, engine.Front.Refusals);
        Assert.Empty(engine.ReadIds());
    }

    [Theory]
    [InlineData(SaslFront.Cut.BeforeTheBroker)]
    [InlineData(SaslFront.Cut.BeforeTheAnswer)]
    internal async Task Credentials_that_are_exchanged_under_load_lose_nothing(SaslFront.Cut cut)
    {
        await using var engine = await StartAsync();
        var reports = await RunAsync(engine, TicksBefore);
        Assert.Equal(4, engine.Vault.Asked.Count);

        ExchangeAt(engine, engine.Front.ProduceRequests + 3, cut);
        reports.AddRange(await RunAsync(engine, TicksAfter));

        Assert.NotEqual(0, engine.Front.Refusals);
        Assert.Equal(8, engine.Vault.Asked.Count);
        Assert.Single(engine.Log.Lines, line => line.Event == 400);
        await AssertNothingIsLostOrRepeatedAsync(engine, reports);
    }

    [Fact]
    public async Task A_refusal_of_the_old_credentials_that_comes_after_the_exchange_fails_no_tick()
    {
        await using var engine = await StartAsync();
        var reports = await RunAsync(engine, TicksBefore);
        var logins = engine.Front.Logins;
        var secondAttempt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var newOnesAreUsed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // The vault answers only when the old ones have been tried a second time; and that one is told only when
        // somebody has logged in with the new ones.
        engine.Vault.BeforeAnswer = secondAttempt.Task;
        engine.Front.BeforeRefusal = refusal =>
        {
            if (refusal != 2)
                return Task.CompletedTask;
            secondAttempt.TrySetResult();
            return newOnesAreUsed.Task;
        };
        engine.Front.OnLogin = login =>
        {
            if (login > logins)
                newOnesAreUsed.TrySetResult();
        };

        ExchangeAt(engine, engine.Front.ProduceRequests + 3, SaslFront.Cut.BeforeTheBroker);
        reports.AddRange(await RunAsync(engine, TicksAfter));
        Assert.InRange(engine.Front.Refusals, 2, int.MaxValue);
        await AssertNothingIsLostOrRepeatedAsync(engine, reports);
    }

    [Fact]
    public async Task New_credentials_that_come_to_the_vault_late_are_taken_a_minute_later()
    {
        await using var engine = await StartAsync();
        var reports = await RunAsync(engine, TicksBefore);

        // The brokers change first, and the vault is read before it has changed, too.
        engine.Front.Accepted = Other;
        engine.Front.DropAll();
        var failed = (await RunAsync(engine, 2)).Select(report => report.Failure!.Kind);
        Assert.Equal([FailureKind.Authentication, FailureKind.Authentication], failed);
        Assert.Equal(8, engine.Vault.Asked.Count);

        engine.PutIntoVault(Other);
        engine.Time.Advance(CredentialSource.RereadInterval);
        reports.AddRange(await RunAsync(engine, 1));
        Assert.All(reports, report => Assert.True(report.IsDelivered, $"{report.Tick}: {report.Failure}"));
        Assert.Equal(
            [.. reports.SelectMany(report => Enumerable.Range(0, Batch).Select(report.Tick.ShoeId))], engine.ReadIds().Distinct().Order());
    }

    [Fact]
    public async Task Credentials_that_come_into_an_empty_vault_are_taken_without_a_restart()
    {
        await using var engine = await StartAsync();
        foreach (var name in new[] { "kafka-api-key", "kafka-api-secret" })
            engine.Vault.Remove(name);
        var failed = Assert.Single(await RunAsync(engine, 1));
        Assert.Equal((FailureSource.Settings, "no-credentials"), (failed.Failure!.Source, failed.Failure.Code));
        Assert.Equal(0, engine.Front.Logins);

        engine.PutIntoVault(Right);
        engine.Time.Advance(CredentialSource.RereadInterval);
        var reports = await RunAsync(engine, 1);
        Assert.All(reports, report => Assert.True(report.IsDelivered, $"{report.Tick}: {report.Failure}"));
        Assert.Equal(failed.Tick, reports[0].Tick);
        Assert.Equal([.. reports.SelectMany(report => Enumerable.Range(0, Batch).Select(report.Tick.ShoeId))], engine.ReadIds().Order());
    }

    private static Task<GuardedEngine> StartAsync(params (string, string)[] settings) =>
        GuardedEngine.StartAsync(Right, Registry, [("BATCH_SIZE", $"{Batch}"), ("PRODUCE_SCHEDULE", "*/10 * * * * *"), .. settings]);

    /// <summary>In the middle of a tick the vault gets another pair, which alone is let in from then on.</summary>
    private static void ExchangeAt(GuardedEngine engine, int produceRequest, SaslFront.Cut cut) => engine.Front.OnProduce = request =>
    {
        if (request != produceRequest)
            return SaslFront.Cut.None;

        engine.PutIntoVault(Other);
        engine.Front.Accepted = Other;
        return cut;
    };

    private static async Task AssertNothingIsLostOrRepeatedAsync(GuardedEngine engine, List<TickReport> reports)
    {
        var ids = engine.ReadIds();
        var repeats = ids.Count - ids.Distinct().Count();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{reports.Count} ticks, {ids.Count} records, {repeats} of them repeats that a broker proper would not write, {engine.Front.Refusals} refusals");

        Assert.All(reports, report => Assert.True(report.IsDelivered, $"{report.Tick}: {report.Delivered} of {report.Shoes}, {report.Failure}"));
        Assert.Equal([.. reports.SelectMany(report => Enumerable.Range(0, Batch).Select(report.Tick.ShoeId))], ids.Distinct().Order());

        // What is sent again, because the answer was lost with the connection, is on the topic twice: the mock brokers
        // look at sequence numbers in transactions only. A broker proper writes each of these batches once.
        Assert.Equal(reports.Count * Batch, engine.Front.Produced.Distinct().Sum(batch => batch.Records));
        var state = await engine.Progress.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((reports.Count, reports.Count * Batch, 0), (state.Ticks, state.Delivered, state.Failed));
    }

    private static async Task<List<TickReport>> RunAsync(GuardedEngine engine, int ticks)
    {
        var reports = new List<TickReport>();
        for (var tick = 0; tick < ticks; tick++)
        {
            reports.AddRange(await engine.RunDueAsync());
            engine.Time.Advance(TimeSpan.FromSeconds(10));
        }

        return reports;
    }
}
