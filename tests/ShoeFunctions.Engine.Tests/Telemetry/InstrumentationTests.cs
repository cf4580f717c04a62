using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Telemetry;

public sealed class InstrumentationTests
{
    private const string Operation = "messaging.system=kafka messaging.operation.name=send messaging.operation.type=send messaging.destination.name=js_shoe server.address=localhost server.port=9092";
    private const string Sent = "messaging.client.sent.messages";

    [Fact]
    public async Task A_tick_is_one_send_whatever_it_holds()
    {
        using var engine = new TestEngine(("BATCH_SIZE", "5000"));
        using var listener = new Listener(engine.Instrumentation);
        await RunAsync(engine);
        Assert.Equal([new(Sent, 5000, Operation)], listener.Measurements.Where(measured => measured.Name == Sent));
        Assert.Equal(Operation, Assert.Single(listener.Measurements, measured => measured.Name == "messaging.client.operation.duration").Tags);
        var span = Assert.Single(listener.Spans);
        Assert.Equal(("send js_shoe", ActivityKind.Producer, ActivityStatusCode.Unset), (span.DisplayName, span.Kind, span.Status));
        Assert.Equal(
            $"{Operation} messaging.client.id=shoefunctions messaging.batch.message_count=5000 shoefunctions.tick=2026-11-23T14:00:00Z shoefunctions.first_index=0 shoefunctions.delivered=5000 shoefunctions.failed=0",
            string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")));
    }

    [Fact]
    public async Task What_failed_has_the_kind_of_its_failure()
    {
        using var engine = new TestEngine();
        using var listener = new Listener(engine.Instrumentation);
        engine.Sender.Outcome = index => index < 4 ? ErrorCode.NoError : ErrorCode.TopicAuthorizationFailed;
        await RunAsync(engine);
        var failed = engine.Sender.Messages.Count - 4;
        Assert.Equal([new(Sent, 4, Operation), new(Sent, failed, Operation + " error.type=authorization")], listener.Measurements.Where(measured => measured.Name == Sent));
        Assert.Equal(Operation + " error.type=authorization", Assert.Single(listener.Measurements, measured => measured.Name == "messaging.client.operation.duration").Tags);
        var span = Assert.Single(listener.Spans);
        Assert.Equal(("authorization", ActivityStatusCode.Error), (span.GetTagItem("error.type"), span.Status));
        Assert.StartsWith("Authorization (TopicAuthorizationFailed): ", span.StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_never_sent_does_not_count_as_sent()
    {
        using var engine = new TestEngine();
        using var listener = new Listener(engine.Instrumentation);
        engine.Registry.Fault = (System.Net.HttpStatusCode.Unauthorized, """{"error_code":40101,"message":"Unauthorized"}""");
        await RunAsync(engine);
        Assert.Equal(0, listener.Values(Sent).Sum());
        Assert.Equal(10, Assert.Single(listener.Spans).GetTagItem("shoefunctions.failed"));
    }

    [Theory]
    [InlineData(ActivitySamplingResult.AllDataAndRecorded, true)]
    [InlineData(ActivitySamplingResult.AllData, false)]
    [InlineData(ActivitySamplingResult.PropagationData, false)]
    [InlineData(ActivitySamplingResult.None, false)]
    public async Task The_messages_carry_the_span_only_where_it_is_recorded(ActivitySamplingResult sampling, bool isCarried)
    {
        using var engine = new TestEngine();
        using var listener = new Listener(engine.Instrumentation) { Sampling = sampling };
        await RunAsync(engine);
        Assert.All(engine.Sender.Messages, message => Assert.Equal(isCarried ? 4 : 3, message.Headers.Length));
        if (isCarried)
            Assert.All(engine.Sender.Messages, message => Assert.Equal(("traceparent", listener.Spans.Single().Id), (message.Headers[3].Key, Encoding.ASCII.GetString(message.Headers[3].Value))));
    }

    [Fact]
    public async Task The_span_goes_on_from_the_one_around_it()
    {
        using var engine = new TestEngine();
        using var listener = new Listener(engine.Instrumentation);
        using var around = new Activity("invocation").Start();
        await RunAsync(engine);
        Assert.Equal((around.TraceId, around.SpanId), (listener.Spans.Single().TraceId, listener.Spans.Single().ParentSpanId));
        Assert.Same(around, Activity.Current);
    }

    [Fact]
    public async Task Ticks_are_counted_when_they_become_due_once()
    {
        using var engine = new TestEngine(("CATCH_UP_LIMIT", "2"));
        using var listener = new Listener(engine.Instrumentation);
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(60));
        engine.Sender.Outcome = index => index < 20 ? ErrorCode.NoError : ErrorCode.Local_MsgTimedOut;
        await RunAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(10));
        engine.Sender.Outcome = _ => ErrorCode.NoError;
        await RunAsync(engine);

        // 14:00:00; then :10 to :60, of which :10 to :30 are skipped, :40 is delivered and :50 fails; then :70, and :50 on are made up for.
        Assert.Equal([1, 6, 1], listener.Values("shoefunctions.ticks.due"));
        Assert.Equal(3, listener.Values("shoefunctions.ticks.skipped").Sum());
        Assert.Equal(5, listener.Values("shoefunctions.ticks.written").Sum());
        Assert.Equal([1, 0, 3, 2, 3, 0], listener.Values("shoefunctions.ticks.pending"));
        Assert.Equal([5, 0, 25, 15, 25, 0], listener.Values("shoefunctions.ticks.lag"));
    }

    [Fact]
    public void The_clients_statistics_become_its_queue_and_the_brokers_round_trip()
    {
        using var engine = new TestEngine();
        Assert.False(engine.Instrumentation.WantsStatistics);
        using var listener = new Listener(engine.Instrumentation);
        Assert.True(engine.Instrumentation.WantsStatistics);
        listener.Observe();
        Assert.Empty(listener.Measurements);

        const string bootstrap = """ "bootstrap": {"nodeid": -1, "nodename": "broker.example:9092", "rtt": {"avg": 9000, "cnt": 3}} """;
        engine.Instrumentation.Statistics.Read($$$"""{"msg_cnt": 7, "brokers": { {{{bootstrap}}}, "one": {"nodeid": 1, "nodename": "[::1]:9093", "rtt": {"avg": 2500, "cnt": 2}} } }""");
        engine.Instrumentation.Statistics.Read("""{"msg_cnt": 4, "brokers": {"one": {"nodeid": 1, "nodename": "[::1]:9093", "rtt": {"avg": 0, "cnt": 0}}}}""");
        listener.Observe();
        Assert.Equal(
            [new("shoefunctions.producer.queue", 4, ""), new("shoefunctions.broker.round_trip", 0.0025, "server.address=::1 server.port=9093")],
            listener.Measurements);

        engine.Instrumentation.Statistics.Forget();
        listener.Measurements.Clear();
        listener.Observe();
        Assert.Empty(listener.Measurements);
    }

    private static Task<IReadOnlyList<TickReport>> RunAsync(TestEngine engine) => engine.Runner.RunDueAsync(TestContext.Current.CancellationToken);
}
