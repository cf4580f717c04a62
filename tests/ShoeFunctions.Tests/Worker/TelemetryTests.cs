using System.Text;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Tests.Telemetry;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class TelemetryTests
{
    private const string HostTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string HostSpan = "00f067aa0ba902b7";

    [Fact]
    public Task The_last_metrics_and_spans_are_sent_before_it_ends_and_go_on_from_the_hosts_trace() => Wait.UntilAsync(async () =>
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Otlp(collector)));
        Assert.Equal(StatusResult.Types.Status.Success, (await worker.InvokeTimerAsync($"00-{HostTrace}-{HostSpan}-01")).Status);
        worker.Terminate();
        var ended = await worker.EndAsync();
        if (OtlpReceiver.WasLate(ended.Errors))
            return false;
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));

        Assert.Equal(25, collector.Value("messaging.client.sent.messages"));
        Assert.Equal(1, collector.Value("shoefunctions.ticks.written"));
        Assert.All(collector.Spans, span => Assert.Equal(HostTrace, Convert.ToHexStringLower(span.TraceId.Span)));
        var send = Assert.Single(collector.Spans, span => span.Name == $"send {TestCluster.Topic}");
        var invocation = Assert.Single(collector.Spans, span => span.SpanId == send.ParentSpanId);
        Assert.Equal(HostSpan, Convert.ToHexStringLower(invocation.ParentSpanId.Span));
        Assert.All(cluster.Read(), record => Assert.Equal(
            $"00-{HostTrace}-{Convert.ToHexStringLower(send.SpanId.Span)}-01", Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("traceparent"))));
        return true;
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collector_that_does_not_answer_does_not_keep_it_beyond_its_grace(bool inATick)
    {
        await using var collector = await OtlpReceiver.StartAsync(isSilent: true);
        await using var cluster = await TestCluster.StartAsync();

        // Both longer than a test waits for an end: a worker that ends waited for neither.
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(
            [.. Otlp(collector), ("BATCH_SIZE", "1000000"), ("KAFKA_COMPRESSION", "none"), ("KAFKA_TIMEOUT", "9m"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000")]));
        var tick = worker.InvokeTimerAsync();
        await cluster.FirstRecordAsync(tick);
        if (inATick)
            cluster.Kafka.TakeDown();
        else
            await tick;

        worker.Terminate();
        var ended = await worker.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Single(worker.Errors, line => line.StartsWith("warning: the last metrics, traces and logs could not be exported in time", StringComparison.Ordinal));
    }

    /// <summary>Once in the host's log, and once where telemetry goes: the host is told not to send its copy there.</summary>
    [Fact]
    public Task Each_line_is_once_in_the_hosts_log_and_once_in_telemetry() => Wait.UntilAsync(async () =>
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Otlp(collector)));
        Assert.Equal("True", worker.Capabilities["WorkerOpenTelemetryEnabled"]);
        await worker.InvokeTimerAsync($"00-{HostTrace}-{HostSpan}-01");
        await Wait.UntilAsync(() => worker.Output.Count > 0);
        worker.Terminate();
        var ended = await worker.EndAsync();
        if (OtlpReceiver.WasLate(ended.Errors))
            return false;
        Assert.Equal("", ended.Errors);
        Assert.Equal(["info: settings"], worker.Output.Select(line => string.Join(' ', line.Split(' ')[..2])));
        Assert.Equal(["subject", "tick"], worker.Logs.Where(log => log.Category.StartsWith("ShoeFunctions.", StringComparison.Ordinal)).Select(log => log.Message.Split(' ')[0]));

        Assert.Equal(["settings", "subject", "tick"], collector.Lines.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        var tick = Assert.Single(collector.Logs, log => log.Body.StringValue.StartsWith("tick ", StringComparison.Ordinal));
        Assert.Equal(HostTrace, Convert.ToHexStringLower(tick.TraceId.Span));
        return true;
    });

    [Fact]
    public async Task Wrong_settings_are_sent_as_well()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var worker = await WorkerProcess.StartAsync([("KAFKA_TIMEOUT", "abc"), .. Otlp(collector)]);
        await Wait.UntilAsync(() => collector.Lines.Any());
        worker.Terminate();
        await worker.EndAsync();
        Assert.Contains("KAFKA_TIMEOUT: 'abc'", Assert.Single(collector.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_place_to_send_to_the_host_sends_what_it_gets()
    {
        await using var worker = await WorkerProcess.StartAsync();
        Assert.DoesNotContain("WorkerOpenTelemetryEnabled", worker.Capabilities.Keys);
    }

    [Fact]
    public async Task Trouble_with_sending_is_in_the_hosts_log_once()
    {
        await using var cluster = await TestCluster.StartAsync();
        // Port 9 is nobody's.
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")));
        await Wait.UntilAsync(() => worker.Errors.Count > 0);
        worker.Terminate();
        await worker.EndAsync();
        Assert.All(worker.Errors, line => Assert.StartsWith("warning: ", line, StringComparison.Ordinal));
        Assert.Contains(worker.Errors, line => line.StartsWith("warning: metrics, traces or logs cannot be exported: OpenTelemetry-Exporter-OpenTelemetryProtocol", StringComparison.Ordinal));
        Assert.Equal(worker.Errors.Distinct(), worker.Errors);
    }

    private static (string, string)[] Otlp(OtlpReceiver collector) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];
}
