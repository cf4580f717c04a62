using System.Text;
using ShoeFunctions.Local.Tests.Telemetry;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class TelemetryTests
{
    private const string HostTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string HostSpan = "00f067aa0ba902b7";

    [Fact]
    public async Task The_last_metrics_and_spans_are_sent_before_it_ends_and_go_on_from_the_hosts_trace()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Otlp(collector)));
        Assert.Equal(StatusResult.Types.Status.Success, (await worker.InvokeTimerAsync($"00-{HostTrace}-{HostSpan}-01")).Status);
        worker.Terminate();
        var ended = await worker.EndAsync();
        Assert.Equal((0, "", ""), (ended.ExitCode, ended.Output, ended.Errors));

        Assert.Equal(25, collector.Value("messaging.client.sent.messages"));
        Assert.Equal(1, collector.Value("shoefunctions.ticks.written"));
        Assert.All(collector.Spans, span => Assert.Equal(HostTrace, Convert.ToHexStringLower(span.TraceId.Span)));
        var send = Assert.Single(collector.Spans, span => span.Name == $"send {TestCluster.Topic}");
        var invocation = Assert.Single(collector.Spans, span => span.SpanId == send.ParentSpanId);
        Assert.Equal(HostSpan, Convert.ToHexStringLower(invocation.ParentSpanId.Span));
        Assert.All(cluster.Read(), record => Assert.Equal(
            $"00-{HostTrace}-{Convert.ToHexStringLower(send.SpanId.Span)}-01", Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("traceparent"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collector_that_does_not_answer_does_not_keep_it_beyond_its_grace(bool inATick)
    {
        await using var collector = await OtlpReceiver.StartAsync(isSilent: true);
        await using var cluster = await TestCluster.StartAsync();

        // Both longer than a test waits for an end: a worker that ends waited for neither.
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(
            [.. Otlp(collector), ("BATCH_SIZE", "1000000"), ("KAFKA_COMPRESSION", "none"), ("KAFKA_TIMEOUT", "1h"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000")]));
        var tick = worker.InvokeTimerAsync();
        await cluster.FirstRecordAsync(tick);
        if (inATick)
            cluster.Kafka.TakeDown();
        else
            await tick;

        worker.Terminate();
        var ended = await worker.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains(worker.Logs, log => log.Message.StartsWith("the last metrics and traces were not taken in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logs_are_the_hosts_each_line_once()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Otlp(collector)));
        await worker.InvokeTimerAsync();
        worker.Terminate();
        var ended = await worker.EndAsync();
        Assert.Equal(("", ""), (ended.Output, ended.Errors));
        Assert.Equal(["subject", "tick"], worker.Logs.Where(log => log.Category.StartsWith("ShoeFunctions.", StringComparison.Ordinal)).Select(log => log.Message.Split(' ')[0]));
        Assert.DoesNotContain(collector.Requests, path => path.Contains("logs", StringComparison.OrdinalIgnoreCase));
    }

    private static (string, string)[] Otlp(OtlpReceiver collector) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];
}
