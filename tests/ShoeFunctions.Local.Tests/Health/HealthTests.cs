using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using ShoeFunctions.Local.Tests.Faults;

namespace ShoeFunctions.Local.Tests.Health;

/// <summary>What the health probe says of everything that can be wrong, and what it keeps to itself.</summary>
public sealed class HealthTests
{
    private const string Subject = FaultyEngine.Topic + "-value";

    /// <summary>The settings that hold what nobody is to read.</summary>
    private static readonly (string, string)[] Secrets = [("SCHEMA_REGISTRY_API_KEY", "hush-key"), ("SCHEMA_REGISTRY_API_SECRET", "hush-secret")];

    [Fact]
    public async Task All_is_well_after_a_tick()
    {
        await using var engine = await StartAsync();
        await engine.RunNextAsync();
        var (status, checks) = await AskAsync(engine);
        Assert.Equal((HealthState.Healthy, 200), (status.Status, status.HttpStatus));
        Assert.NotEmpty(status.Commit);
        Assert.All(checks.Values, check => Assert.Equal((HealthState.Healthy, null), (check.Status, check.Failure)));
        Assert.Equal(["kafka", "last-tick", "progress-store", "schema-registry", "settings"], checks.Keys.Order());
        Assert.Equal([("brokers", 3), ("partitions", 6)], checks["kafka"].Details!.Select(detail => (detail.Key, (int)detail.Value)).Order());
        Assert.Equal((1, 1), (checks["schema-registry"].Details!["subjects"], checks["schema-registry"].Details!["latestVersion"]));
        Assert.Equal(["JSON", "AVRO", "PROTOBUF"], (string[])checks["schema-registry"].Details!["types"]);
        Assert.Equal(
            ["/subjects", "/schemas/types", $"/subjects/{Subject}/versions/latest", $"/subjects/{Subject}"],
            (string[])checks["schema-registry"].Details!["endpoints"]);
    }

    [Fact]
    public async Task An_instance_that_never_produced_answers_and_changes_nothing()
    {
        await using var engine = await StartAsync();
        var (status, checks) = await AskAsync(engine);
        Assert.Equal(HealthState.Healthy, status.Status);
        Assert.Equal((0, "none yet"), (checks["schema-registry"].Details!["subjects"], checks["schema-registry"].Details!["latestVersion"]));
        Assert.All(engine.RegistryFaults.Requests, request => Assert.True(request.Method == "GET" || request.Path.StartsWith("/subjects/js_shoe-value", StringComparison.Ordinal), request.Path));
        Assert.Empty(engine.ReadIds());
    }

    [Fact]
    public async Task Brokers_that_are_down_degrade_it()
    {
        await using var engine = await StartAsync();
        engine.Cluster.TakeDown();
        await AssertAsync(engine, "kafka", HealthState.Degraded, FailureKind.Network, nameof(ErrorCode.Local_AllBrokersDown));
    }

    [Fact]
    public async Task Brokers_that_are_back_are_well_again()
    {
        await using var engine = await StartAsync();
        engine.Cluster.TakeDown();
        await AssertAsync(engine, "kafka", HealthState.Degraded, FailureKind.Network, nameof(ErrorCode.Local_AllBrokersDown));
        engine.Cluster.BringUp();
        await engine.CorrectAsync();
        Assert.Equal(HealthState.Healthy, (await AskAsync(engine)).Answer.Status);
    }

    [Fact]
    public async Task Brokers_that_are_away_are_said_while_a_tick_still_waits_for_them_and_so_is_their_return()
    {
        await using var engine = await StartAsync(("KAFKA_TIMEOUT", "1h"), ("KAFKA_RETRY_MAX", "1000"));
        await engine.RunNextAsync();
        engine.Cluster.TakeDown();
        var running = engine.RunNextAsync();
        StatsAnswer? stats = null;
        async Task<bool> SaysAsync(Func<StatsAnswer, bool> says) => says(stats = await engine.Get<Stats>().AnswerAsync(TestContext.Current.CancellationToken));
        await Wait.UntilAsync(() => SaysAsync(answer => answer.LastFailure is not null));
        Assert.Equal((ProductionState.Failing, "Local_AllBrokersDown", true, null), (stats!.State, stats.LastFailure!.Failure.Code, stats.LastFailure.IsUnderWay, stats.LastFailure.OverAt));
        await Wait.UntilAsync(async () => (await AskAsync(engine)).Checks["last-tick"] is { Status: HealthState.Unhealthy } check && check.Failure == stats.LastFailure.Failure);
        Assert.False(running.IsCompleted);

        engine.Cluster.BringUp();
        Assert.True((await running)[0].IsDelivered);
        Assert.True(await SaysAsync(answer => answer.State == ProductionState.Delivering));
        Assert.NotNull(stats.LastFailure.OverAt);
        await Wait.UntilAsync(async () => (await AskAsync(engine)).Answer.Status == HealthState.Healthy);
    }

    [Fact]
    public async Task A_missing_topic_is_unhealthy_and_is_not_created()
    {
        await using var engine = await StartAsync(("KAFKA_TOPIC", "another_topic"));
        await AssertAsync(engine, "kafka", HealthState.Unhealthy, FailureKind.NotFound, nameof(ErrorCode.UnknownTopicOrPart));
        await engine.CorrectAsync();
        await AssertAsync(engine, "kafka", HealthState.Unhealthy, FailureKind.NotFound, nameof(ErrorCode.UnknownTopicOrPart));
    }

    [Fact]
    public async Task A_topic_that_may_not_be_seen_is_unhealthy()
    {
        await using var engine = await StartAsync();
        engine.Cluster.FailTopic(FaultyEngine.Topic, ErrorCode.TopicAuthorizationFailed);
        await AssertAsync(engine, "kafka", HealthState.Unhealthy, FailureKind.Authorization, nameof(ErrorCode.TopicAuthorizationFailed));
    }

    [Fact]
    public async Task A_partition_without_leader_degrades_it()
    {
        await using var engine = await StartAsync();
        engine.Cluster.MoveLeader(FaultyEngine.Topic, 2, EmbeddedCluster.NoBroker);
        var failure = await AssertAsync(engine, "kafka", HealthState.Degraded, FailureKind.ServerError, "no-leader");
        Assert.StartsWith("1 of the topic's 6 partitions has no leader", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_with_a_name_that_nobody_knows_degrade_it()
    {
        await using var engine = await StartAsync(("KAFKA_BOOTSTRAP_SERVERS", $"hush-{new string('x', 64)}:9092"));
        await AssertAsync(engine, "kafka", HealthState.Degraded, FailureKind.Network, nameof(ErrorCode.Local_Resolve));
    }

    [Theory]
    [InlineData(401, 40101, HealthState.Unhealthy, FailureKind.Authentication)]
    [InlineData(403, 40301, HealthState.Unhealthy, FailureKind.Authorization)]
    [InlineData(404, 404, HealthState.Unhealthy, FailureKind.NotFound)]
    [InlineData(429, 42900, HealthState.Degraded, FailureKind.RateLimited)]
    [InlineData(500, 50001, HealthState.Degraded, FailureKind.ServerError)]
    [InlineData(503, 503, HealthState.Degraded, FailureKind.ServerError)]
    public async Task What_the_registry_answers_decides(int status, int code, HealthState state, FailureKind kind)
    {
        await using var engine = await StartAsync();
        engine.RegistryFaults.Begin(RegistryFaults.Error(status, code));
        await AssertAsync(engine, "schema-registry", state, kind, $"{code}");
    }

    [Fact]
    public async Task A_registry_whose_Retry_After_is_longer_than_the_check_is_reported_as_rate_limited()
    {
        await using var engine = await StartAsync();
        engine.RegistryFaults.Begin(RegistryFaults.Error(429, 42900, ("Retry-After", "3600")));
        await AssertAsync(engine, "schema-registry", HealthState.Degraded, FailureKind.RateLimited, "42900");
    }

    [Fact]
    public async Task A_web_page_in_the_registrys_place_is_unhealthy()
    {
        await using var engine = await StartAsync();
        engine.RegistryFaults.Begin(RegistryFaults.Answer(200, "<html>hush</html>", "text/html"));
        await AssertAsync(engine, "schema-registry", HealthState.Unhealthy, FailureKind.Invalid, "not-json");
    }

    [Fact]
    public async Task A_registry_that_cannot_be_reached_degrades_it()
    {
        await using var engine = await StartAsync(("SCHEMA_REGISTRY_URL", "http://127.0.0.1:1"));
        await AssertAsync(engine, "schema-registry", HealthState.Degraded, FailureKind.Network, "unreachable");
    }

    [Fact]
    public async Task A_registry_that_is_not_trusted_is_unhealthy()
    {
        await using var engine = await StartAsync();
        engine.RegistryGate.Fault = Gate.SpeakUntrustedTlsAsync;
        await engine.CorrectAsync(("SCHEMA_REGISTRY_URL", $"https://{engine.RegistryGate.Address}"));
        await AssertAsync(engine, "schema-registry", HealthState.Unhealthy, FailureKind.Tls, "tls-unknown-authority");
    }

    [Fact]
    public async Task A_subject_that_would_not_take_our_schema_is_unhealthy()
    {
        await using var engine = await StartAsync();
        await FaultTable.RegisterOtherAsync("BACKWARD")(engine);
        await AssertAsync(engine, "schema-registry", HealthState.Unhealthy, FailureKind.IncompatibleSchema, "409");
    }

    [Theory]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "hush-broker.example.com", "KAFKA_BOOTSTRAP_SERVERS: what it holds is not accepted; accepted is brokers as host:port")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS", "", "KAFKA_BOOTSTRAP_SERVERS: it is not set; accepted is brokers as host:port")]
    [InlineData("SCHEMA_REGISTRY_URL", "https://hush-user:hush-word@registry.example.com", "SCHEMA_REGISTRY_URL: what it holds has credentials in it, which do not belong in the URL; accepted is an http or https URL without credentials")]
    [InlineData("SCHEMA_REGISTRY_API_SECRET", "", "SCHEMA_REGISTRY_API_KEY is set, SCHEMA_REGISTRY_API_SECRET is not")]
    [InlineData("KAFKA_TOPIC", "two\nlines of hush", "KAFKA_TOPIC: what it holds is not accepted; accepted is")]
    [InlineData("BATCH_SIZE", "many'; accepted is hush", "BATCH_SIZE: what it holds is not accepted; accepted is")]
    public async Task Wrong_settings_are_unhealthy_and_named_without_what_they_hold(string name, string value, string advice)
    {
        await using var engine = await StartAsync((name, value));
        var (answer, checks) = await AskAsync(engine);
        Assert.Equal((HealthState.Unhealthy, 503), (answer.Status, answer.HttpStatus));
        Assert.All(checks.Values.Where(check => check.Name != "progress-store"), check => Assert.Equal(
            (HealthState.Unhealthy, FailureSource.Settings, FailureKind.Invalid, "wrong-settings"),
            (check.Status, check.Failure!.Source, check.Failure.Kind, check.Failure.Code)));
        Assert.Contains(advice, checks["settings"].Failure!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_to_three_pending_ticks_are_well_and_four_are_not()
    {
        await using var engine = await StartAsync();
        await engine.RunNextAsync();
        engine.Time.Now += TimeSpan.FromSeconds(3);
        Assert.Equal(HealthState.Healthy, (await AskAsync(engine)).Answer.Status);

        await engine.CorrectAsync();
        engine.Time.Now += TimeSpan.FromSeconds(1);
        var failure = await AssertAsync(engine, "last-tick", HealthState.Unhealthy, FailureKind.Timeout, "stale");
        Assert.StartsWith("No tick was delivered since 2026-11-23T14:00:01Z", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tick_that_takes_much_longer_than_they_do_degrades_it()
    {
        await using var engine = await StartAsync(("PRODUCE_SCHEDULE", "0 * * * * *"));
        await engine.RunNextAsync();
        engine.Time.Now += TimeSpan.FromSeconds(110);
        var failure = await AssertAsync(engine, "last-tick", HealthState.Degraded, FailureKind.Timeout, "late");
        Assert.StartsWith("A tick has been due for 5", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tick_that_failed_is_unhealthy_at_once_with_its_cause_until_it_is_delivered()
    {
        await using var engine = await StartAsync();
        await engine.RunNextAsync();
        engine.Cluster.Fail(KafkaRequest.Produce, ErrorCode.PolicyViolation, 1000);
        Assert.False(Assert.Single(await engine.RunNextAsync()).IsDelivered);
        await AssertAsync(engine, "last-tick", HealthState.Unhealthy, FailureKind.Invalid, nameof(ErrorCode.PolicyViolation));
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_unhealthy_too_while_its_tick_is_pending_but_not_one_that_was_told_to_stop()
    {
        await using var engine = await StartAsync();
        await engine.RunNextAsync();
        var (begun, mark) = (engine.Time.Now, (await engine.Progress.ReadAsync(TestContext.Current.CancellationToken)).HighWater!.Value);
        Task FailAsync(Failure failure) => engine.Progress.UpdateAsync(
            state => state.With(new TickReport { Tick = new Tick(mark.UnixSeconds + 1), Shoes = 10, StartedAt = begun, Duration = TimeSpan.Zero, Failure = failure }),
            TestContext.Current.CancellationToken);

        await FailAsync(KafkaFailures.CutShort);
        Assert.Equal(HealthState.Healthy, (await AskAsync(engine)).Answer.Status);
        await engine.CorrectAsync();
        await FailAsync(KafkaFailures.Of(ErrorCode.Local_AllBrokersDown, [], new KafkaOptions { BootstrapServers = "localhost:9092" }));
        var (answer, checks) = await AskAsync(engine);
        Assert.Equal((HealthState.Unhealthy, 503), (answer.Status, answer.HttpStatus));
        Assert.Equal((HealthState.Unhealthy, FailureKind.Network, true), (checks["last-tick"].Status, checks["last-tick"].Failure!.Kind, checks["last-tick"].Failure!.Recoverable));
    }

    [Fact]
    public async Task A_mark_in_the_future_is_unhealthy()
    {
        await using var engine = await StartAsync();
        await engine.Progress.UpdateAsync(state => state.BeginningAt(Tick.At(engine.Time.Now.AddHours(1))), TestContext.Current.CancellationToken);
        await AssertAsync(engine, "last-tick", HealthState.Unhealthy, FailureKind.Clock, "mark-ahead");
    }

    [Fact]
    public async Task A_progress_store_that_fails_is_said_to_fail()
    {
        await using var engine = await StartAsync();
        engine.Progress = new StubbornStore(new FailureException(new Failure(FailureSource.ProgressStore, "read", FailureKind.Authorization, "403", false, "Grant it.")));
        await engine.CorrectAsync();
        var (answer, checks) = await AskAsync(engine);
        Assert.Equal((HealthState.Degraded, 200), (answer.Status, answer.HttpStatus));
        Assert.Equal((HealthState.Degraded, FailureKind.Authorization, "403"), (checks["progress-store"].Status, checks["progress-store"].Failure!.Kind, checks["progress-store"].Failure!.Code));
        Assert.Equal((HealthState.Degraded, null), (checks["last-tick"].Status, checks["last-tick"].Failure));
    }

    [Fact]
    public async Task A_progress_store_that_never_answers_keeps_nobody_waiting_for_the_last_tick()
    {
        await using var engine = await StartAsync();
        engine.Progress = new StubbornStore(null);
        await engine.CorrectAsync();
        var report = await engine.Get<HealthCheckService>().CheckHealthAsync(check => check.Name == LastTickCheck.Name, TestContext.Current.CancellationToken)
            .WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Degraded, report.Status);
    }

    [Fact]
    public async Task An_error_that_nobody_knows_is_unhealthy_and_says_nothing()
    {
        await using var engine = await StartAsync();
        engine.Progress = new StubbornStore(new InvalidOperationException("hush"));
        await engine.CorrectAsync();
        var (answer, checks) = await AskAsync(engine);
        Assert.Equal(503, answer.HttpStatus);
        Assert.Equal((HealthState.Unhealthy, null), (checks["last-tick"].Status, checks["last-tick"].Failure));
    }

    [Fact]
    public async Task Where_nothing_answers_it_does_in_time_because_all_is_asked_side_by_side()
    {
        await using var engine = await StartAsync();
        engine.RegistryFaults.Begin(RegistryFaults.Silence);
        engine.KafkaGate.Fault = Gate.SilenceAsync;
        await engine.CorrectAsync(("KAFKA_BOOTSTRAP_SERVERS", engine.KafkaGate.Address));
        var began = engine.Time.GetTimestamp();
        var (answer, checks) = Read(engine, await engine.Get<HealthProbe>().AnswerAsync(TestContext.Current.CancellationToken));
        var took = engine.Time.GetElapsedTime(began);
        Assert.Equal((HealthState.Degraded, 200), (answer.Status, answer.HttpStatus));
        Assert.Equal((HealthState.Healthy, null), (checks["settings"].Status, checks["settings"].Failure));
        Assert.All(
            [("schema-registry", FailureKind.Timeout, "timeout"), ("kafka", FailureKind.Timeout, nameof(ErrorCode.Local_TimedOut))],
            expected =>
            {
                var (name, kind, code) = expected;
                Assert.Equal((HealthState.Degraded, kind, code), (checks[name].Status, checks[name].Failure!.Kind, checks[name].Failure!.Code));
                Assert.InRange(checks[name].DurationMs, 3500, Wait.Patience.TotalMilliseconds);
            });
        Assert.InRange(took.TotalMilliseconds, 0, checks.Values.Sum(check => check.DurationMs));
    }

    [Fact]
    public async Task An_answer_holds_for_a_while_however_often_it_is_asked_for()
    {
        await using var engine = await StartAsync();
        var probe = engine.Get<HealthProbe>();
        var began = engine.Time.GetTimestamp();
        var first = await probe.AnswerAsync(TestContext.Current.CancellationToken);
        var asked = engine.RegistryFaults.Requests.Count;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => probe.AnswerAsync(TestContext.Current.CancellationToken)));
        Assert.True(asked == engine.RegistryFaults.Requests.Count || engine.Time.GetElapsedTime(began) >= HealthProbe.Lifetime);

        await Wait.UntilAsync(async () => await probe.AnswerAsync(TestContext.Current.CancellationToken) != first);
        Assert.InRange(engine.Time.GetElapsedTime(began), HealthProbe.Lifetime, TimeSpan.MaxValue);
        Assert.InRange(engine.RegistryFaults.Requests.Count, asked + 1, int.MaxValue);
    }

    [Fact]
    public async Task A_caller_who_goes_away_spoils_it_for_nobody()
    {
        await using var engine = await StartAsync();
        engine.RegistryFaults.Begin(RegistryFaults.Late(TimeSpan.FromMilliseconds(300)));
        var probe = engine.Get<HealthProbe>();
        using var gone = new CancellationTokenSource();
        var impatient = probe.AnswerAsync(gone.Token);
        var patient = probe.AnswerAsync(TestContext.Current.CancellationToken);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.All((await patient).Checks, check => Assert.True(check.Status == HealthState.Healthy || HasTimedOut(check), $"{check}"));
    }

    [Fact]
    public void Live_says_nothing_but_that() =>
        Assert.Equal("""{"status":"live"}""", JsonSerializer.Serialize(JsonSerializer.SerializeToElement(LiveAnswer.Live, ShoeJson.Default.LiveAnswer)));

    private static Task<FaultyEngine> StartAsync(params (string, string)[] settings) =>
        FaultyEngine.StartAsync([.. Secrets, .. settings], TestContext.Current.CancellationToken);

    /// <summary>That one check fails like this, all others are well, and the whole answer follows.</summary>
    private static async Task<Failure> AssertAsync(FaultyEngine engine, string name, HealthState state, FailureKind kind, string code)
    {
        var (answer, checks) = await AskAsync(engine);
        var failure = checks[name].Failure;
        Assert.NotNull(failure);
        Assert.Equal((state, kind, code), (checks[name].Status, failure.Kind, failure.Code));
        Assert.Equal(state == HealthState.Degraded, failure.Recoverable);
        Assert.All(checks.Values.Where(check => check.Name != name), check => Assert.Equal((HealthState.Healthy, null), (check.Status, check.Failure)));
        Assert.Equal((state, state == HealthState.Unhealthy ? 503 : 200), (answer.Status, answer.HttpStatus));
        return failure;
    }

    /// <summary>Asks, and again where the machine was too slow for a peer's answer, which then says nothing of the peer.</summary>
    private static async Task<(HealthAnswer Answer, Dictionary<string, HealthAnswer.Check> Checks)> AskAsync(FaultyEngine engine)
    {
        var probe = engine.Get<HealthProbe>();
        HealthAnswer? answer = null;
        await Wait.UntilAsync(async () =>
        {
            answer = await probe.AnswerAsync(TestContext.Current.CancellationToken);
            return !answer.Checks.Any(HasTimedOut);
        });
        return Read(engine, answer!);
    }

    private static bool HasTimedOut(HealthAnswer.Check check) =>
        check.Failure is { Kind: FailureKind.Timeout, Source: FailureSource.Kafka or FailureSource.SchemaRegistry };

    /// <summary>Sees to it that nothing is told that is nobody's business.</summary>
    private static (HealthAnswer Answer, Dictionary<string, HealthAnswer.Check> Checks) Read(FaultyEngine engine, HealthAnswer answer)
    {
        var json = JsonSerializer.SerializeToElement(answer, ShoeJson.Default.HealthAnswer);
        AssertHasOnly(json, "status", "commit", "checks");
        foreach (var check in json.GetProperty("checks").EnumerateArray())
        {
            AssertHasOnly(check, "name", "status", "durationMs", "failure", "details");
            if (check.GetProperty("failure") is { ValueKind: JsonValueKind.Object } failure)
                AssertHasOnly(failure, "source", "operation", "kind", "code", "recoverable", "advice");
            if (check.GetProperty("details") is { ValueKind: JsonValueKind.Object } details)
                AssertHasOnly(details, "brokers", "partitions", "subjects", "types", "latestVersion", "schemaId", "endpoints");
        }

        var text = json.ToString();
        Assert.DoesNotContain("hush", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.All(
            [.. engine.Cluster.BootstrapServers.Split(','), engine.KafkaGate.Address],
            address => Assert.DoesNotContain(address, text, StringComparison.Ordinal));
        return (answer, answer.Checks.ToDictionary(check => check.Name));
    }

    private static void AssertHasOnly(JsonElement json, params string[] names) =>
        Assert.Subset(names.ToHashSet(), json.EnumerateObject().Select(property => property.Name).ToHashSet());
}
