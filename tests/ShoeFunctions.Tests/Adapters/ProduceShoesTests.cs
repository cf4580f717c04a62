using System.Net;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Functions;

namespace ShoeFunctions.Tests.Adapters;

public sealed class ProduceShoesTests
{
    [Fact]
    public async Task It_passes_when_every_shoe_is_delivered_and_when_nothing_is_due()
    {
        using var app = new TestApp();
        await RunAsync(app);
        await RunAsync(app);
        Assert.Equal(10, app.Sender.Messages.Count);
    }

    [Fact]
    public async Task It_fails_with_tick_counts_and_cause_when_nothing_is_delivered()
    {
        using var app = new TestApp(("KAFKA_API_KEY", "key"), ("KAFKA_API_SECRET", "secret"));
        app.Sender.Outcome = _ => ErrorCode.Local_MsgTimedOut;
        app.Sender.ConnectionErrors.Add(ErrorCode.Local_Authentication);
        var failed = await Assert.ThrowsAsync<FailureException>(() => RunAsync(app));
        Assert.Equal(FailureKind.Authentication, failed.Failure.Kind);
        Assert.StartsWith("Tick 2026-11-23T14:00:00Z: 0 of 10 shoes delivered. Kafka produce, Authentication (Local_Authentication): The brokers rejected the credentials", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_when_a_tick_is_only_partly_delivered()
    {
        using var app = new TestApp();
        app.Sender.Outcome = index => index < 4 ? ErrorCode.NoError : ErrorCode.NotEnoughReplicas;
        var failed = await Assert.ThrowsAsync<FailureException>(() => RunAsync(app));
        Assert.StartsWith("Tick 2026-11-23T14:00:00Z: 4 of 10 shoes delivered. Kafka produce, ServerError (NotEnoughReplicas): ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_when_one_of_several_ticks_that_are_due_fails()
    {
        using var app = new TestApp();
        await RunAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        app.Sender.Outcome = index => index < 20 ? ErrorCode.NoError : ErrorCode.TopicAuthorizationFailed;
        var failed = await Assert.ThrowsAsync<FailureException>(() => RunAsync(app));
        Assert.StartsWith("Tick 2026-11-23T14:00:20Z: 0 of 10 shoes delivered. ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_when_the_registry_does()
    {
        using var app = new TestApp();
        app.Registry.Fault = (HttpStatusCode.Unauthorized, """{"error_code":40101,"message":"Unauthorized"}""");
        var failed = await Assert.ThrowsAsync<FailureException>(() => RunAsync(app));
        Assert.Equal((FailureSource.SchemaRegistry, FailureKind.Authentication), (failed.Failure.Source, failed.Failure.Kind));
        Assert.Empty(app.Sender.Messages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_cancelled_when_the_invocation_or_the_app_is_told_to_stop(bool invocation)
    {
        using var app = new TestApp(("KAFKA_TIMEOUT", "9m"));
        using var stop = new CancellationTokenSource();
        app.Sender.Holds = true;
        var run = RunAsync(app, stop.Token);
        await Wait.UntilAsync(() => app.Sender.Calls == 10);

        var stopped = invocation ? stop.CancelAsync() : app.Services.GetRequiredService<TickGate>().StopAsync(TestContext.Current.CancellationToken);
        // When it begins to wait for what is under way cannot be seen; the nine minutes are far off.
        var cancelled = await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.PassingAsync(() => app.Time.Advance(RunLimit.FlushTimeout), run));
        await stopped;
        Assert.StartsWith("Tick 2026-11-23T14:00:00Z: 0 of 10 shoes delivered. Kafka produce, Cancelled (stopped): ", cancelled.Message, StringComparison.Ordinal);
    }

    private static Task RunAsync(TestApp app, CancellationToken? cancellation = null) =>
        app.Function<ProduceShoes>().RunAsync(new TimerInfo(), cancellation ?? TestContext.Current.CancellationToken);
}
