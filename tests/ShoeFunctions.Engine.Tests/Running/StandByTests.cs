using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Running;

/// <summary>An instance that another one has fenced off.</summary>
public sealed class StandByTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fenced_instance_stops_says_who_is_right_and_stands_by_while_the_other_one_commits()
    {
        using var engine = ExactlyOnceEngine.With(("KAFKA_TIMEOUT", "5s"));
        engine.Transactions.CommitFails = (new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true)), false);
        var failed = Assert.Single(await engine.Runner.RunDueAsync(Stop));
        Assert.Equal((FailureKind.Fatal, "Local_Fenced", false), (failed.Failure!.Kind, failed.Failure.Code, failed.Failure.Recoverable));
        Assert.StartsWith("Another instance produces with the transactional id shoes-js_shoe", failed.Failure.Advice, StringComparison.Ordinal);
        Assert.Contains(engine.Log.Lines, line => line.Event == 116);
        engine.Transactions.CommitFails = null;
        var calls = engine.Transactions.Calls.Count;

        // The other one commits a tick every ten seconds: for a minute this one does nothing.
        for (var second = 10; second <= 60; second += 10)
        {
            engine.Transactions.Number = First.UnixSeconds + second;
            engine.Time.SetUtcNow(First.Time.AddSeconds(second + 1));
            Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        }

        Assert.Equal(calls, engine.Transactions.Calls.Count);

        // It is gone, or the brokers are: after twice the time of a tick this one goes on where that one ended.
        engine.Time.SetUtcNow(First.Time.AddSeconds(75));
        engine.Transactions.AskFails = new FailureException(failed.Failure);
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        engine.Time.SetUtcNow(First.Time.AddSeconds(82));
        Assert.Equal([70L, 80], (await engine.Runner.RunDueAsync(Stop)).Select(report => report.Tick.UnixSeconds - First.UnixSeconds));
        Assert.Contains(engine.Log.Lines, line => line.Event == 117);
        Assert.Equal(7, (await engine.Progress.ReadAsync(Stop)).RecoveredTicks);
    }

    [Theory]
    [InlineData("5s", 20)]
    [InlineData("2m", 240)]
    public async Task The_other_one_is_waited_for_as_long_as_two_ticks_or_two_deliveries_may_take_after_it_was_seen(string timeout, int seconds)
    {
        using var engine = ExactlyOnceEngine.With(("KAFKA_TIMEOUT", timeout));
        engine.Transactions.CommitFails = (new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true)), false);
        await engine.Runner.RunDueAsync(Stop);
        (engine.Transactions.CommitFails, engine.Transactions.Number) = (null, First.UnixSeconds);

        // The first number that is seen may be an old one.
        var fenced = engine.Time.GetUtcNow();
        engine.Time.SetUtcNow(fenced.AddSeconds(3));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        engine.Time.SetUtcNow(fenced.AddSeconds(seconds - 1));
        Assert.Empty(await engine.Runner.RunDueAsync(Stop));
        engine.Time.SetUtcNow(fenced.AddSeconds(seconds));
        Assert.NotEmpty(await engine.Runner.RunDueAsync(Stop));
        Assert.StartsWith($"the other instance has committed no tick for {seconds} s: this one goes on", Assert.Single(engine.Log.Lines, line => line.Event == 117).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_otherwise_leaves_it_to_nobody()
    {
        using var engine = ExactlyOnceEngine.With();
        engine.Transactions.CommitFails = (new KafkaException(ErrorCode.GroupCoordinatorNotAvailable), false);
        Assert.Single(await engine.Runner.RunDueAsync(Stop));
        engine.Transactions.CommitFails = null;
        Assert.True(Assert.Single(await engine.Runner.RunDueAsync(Stop)).IsDelivered);
        Assert.DoesNotContain(engine.Log.Lines, line => line.Event == 116);
    }
}
