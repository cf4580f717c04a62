using System.Text;
using Confluent.Kafka;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.Auditing;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Telemetry;

/// <summary>What a collector hears of the command: each run is a process of its own, because tracing is on or off for a whole process.</summary>
public sealed class TelemetryTests
{
    private const string Sent = "messaging.client.sent.messages";
    private const string Duration = "messaging.client.operation.duration";

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public Task What_is_measured_equals_the_ticks_counts_and_the_messages_carry_the_span(string protocol) => Wait.UntilAsync(async () =>
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--ticks 2", [.. Otlp(collector, protocol), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")]);
        if (OtlpReceiver.WasLate(ended.Errors))
            return false;
        Assert.Equal(0, ended.ExitCode);
        var ticks = Cluster.TicksIn(ended.Errors);
        Assert.Equal(2, ticks.Length);

        var sent = Assert.Single(collector.Last(Sent).Sum.DataPoints);
        Assert.Equal(2 * Cluster.Batch, OtlpReceiver.Number(sent));
        Assert.Equal(Operation, OtlpReceiver.Tags(sent.Attributes));
        var duration = Assert.Single(collector.Last(Duration).Histogram.DataPoints);
        Assert.Equal(2ul, duration.Count);
        Assert.Equal([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], duration.ExplicitBounds);
        Assert.Equal(Operation, OtlpReceiver.Tags(duration.Attributes));
        Assert.Equal(("{message}", "s"), (collector.Last(Sent).Unit, collector.Last(Duration).Unit));
        // On a slow machine a third one is due before it ends.
        var pending = collector.Value("shoefunctions.ticks.pending");
        Assert.Equal((2 + pending, 2), (collector.Value("shoefunctions.ticks.due"), collector.Value("shoefunctions.ticks.written")));
        Assert.Equal(pending > 0, collector.Value("shoefunctions.ticks.lag") > 0);
        Assert.Contains("dotnet.process.cpu.time", collector.Names);
        Assert.All(collector.Resources, resource =>
        {
            var tags = OtlpReceiver.Tags(resource.Attributes);
            Assert.Equal(("ShoeFunctions", "test"), (tags["service.name"], tags["deployment.environment.name"]));
        });

        Assert.Equal(2, collector.Spans.Count);
        Assert.All(collector.Spans, span =>
        {
            Assert.Equal(("send js_shoe", 4, 0), (span.Name, span.Kind, span.Status?.Code ?? 0));
            var tags = OtlpReceiver.Tags(span.Attributes);
            Assert.Equal(Operation, tags.Where(tag => Operation.ContainsKey(tag.Key)));
            Assert.Equal(($"{Cluster.Batch}", $"{Cluster.Batch}", "0"), (tags["messaging.batch.message_count"], tags["shoefunctions.delivered"], tags["shoefunctions.failed"]));
        });
        var traceParents = collector.Spans.ToDictionary(
            span => OtlpReceiver.Tags(span.Attributes)["shoefunctions.tick"], span => $"00-{Hex(span.TraceId)}-{Hex(span.SpanId)}-01");
        Assert.Equal(ticks.Select(tick => tick.ToString()).Order(), traceParents.Keys.Order());
        var records = Read(cluster, 2 * Cluster.Batch);
        Assert.All(records, record =>
        {
            Assert.Equal(["content-type", "shoe-id", "shoe-brand", "traceparent"], record.Headers.Select(header => header.Key));
            Assert.Equal(traceParents[Tick.OfShoe(long.Parse(Text(record.Headers, "shoe-id"))).ToString()], Text(record.Headers, "traceparent"));
        });

        // A record with a trace's context is still the shoe's.
        Assert.Equal(0, (await cluster.AuditAsync(ticks[0], ticks[^1], "--exactly-once")).ExitCode);
        return true;
    });

    [Fact]
    public async Task The_queue_and_the_brokers_round_trip_are_measured_while_it_runs()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await Cluster.StartAsync();
        await using var process = ShoesProcess.Start("", cluster.Settings([.. Otlp(collector), ("OTEL_METRIC_EXPORT_INTERVAL", "200")]));
        await process.UntilAsync(() => Task.FromResult(collector.Names.Contains("shoefunctions.broker.round_trip")));
        Assert.InRange(collector.Value("shoefunctions.producer.queue"), 0, Cluster.Batch);
        var brokers = cluster.Kafka.BootstrapServers.Split(',');
        Assert.All(collector.Last("shoefunctions.broker.round_trip").Gauge.DataPoints, point =>
        {
            var tags = OtlpReceiver.Tags(point.Attributes);
            Assert.Contains($"{tags["server.address"]}:{tags["server.port"]}", brokers);
            Assert.InRange(OtlpReceiver.Number(point), 0.000_001, Wait.Patience.TotalSeconds);
        });
    }

    [Fact]
    public Task A_tick_that_fails_is_told_by_the_kind_of_its_failure_and_stays_pending() => Wait.UntilAsync(async () =>
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await Cluster.StartAsync();
        // The schema is there: so it is the sends that fail.
        Assert.Equal(0, (await cluster.RunAsync("--ticks 1")).ExitCode);
        cluster.Kafka.TakeDown();
        var ended = await cluster.RunAsync("--ticks 1", [.. Otlp(collector), ("KAFKA_TIMEOUT", "1s")]);
        if (OtlpReceiver.WasLate(ended.Errors))
            return false;
        Assert.Equal(1, ended.ExitCode);

        Dictionary<string, string> failed = new(Operation) { ["error.type"] = "network" };
        var points = collector.Last(Sent).Sum.DataPoints;
        Assert.Equal(Cluster.Batch, points.Sum(OtlpReceiver.Number));
        Assert.Equal(Cluster.Batch, OtlpReceiver.Number(Assert.Single(points, point => point.Attributes.Count == failed.Count)));
        var duration = Assert.Single(collector.Last(Duration).Histogram.DataPoints);
        Assert.Equal(1ul, duration.Count);
        Assert.Equal(failed, OtlpReceiver.Tags(duration.Attributes));
        Assert.Equal((1, 1), (collector.Value("shoefunctions.ticks.due"), collector.Value("shoefunctions.ticks.pending")));
        Assert.InRange(collector.Value("shoefunctions.ticks.lag"), 0.5, Wait.Patience.TotalSeconds);
        Assert.DoesNotContain("shoefunctions.ticks.written", collector.Names);

        var span = Assert.Single(collector.Spans);
        Assert.Equal("network", OtlpReceiver.Tags(span.Attributes)["error.type"]);
        Assert.Equal(2, span.Status.Code);
        Assert.StartsWith("Network (", span.Status.Message, StringComparison.Ordinal);
        Assert.Contains("The brokers cannot be reached", span.Status.Message, StringComparison.Ordinal);
        return true;
    });

    [Theory]
    [InlineData("METRICS", "/v1/metrics")]
    [InlineData("TRACES", "/v1/traces")]
    public Task An_endpoint_for_one_kind_gets_that_kind_alone(string kind, string path) => Wait.UntilAsync(async () =>
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--ticks 1", ($"OTEL_EXPORTER_OTLP_{kind}_ENDPOINT", collector.HttpUrl + path), ($"OTEL_EXPORTER_OTLP_{kind}_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "my-shoes"));
        if (OtlpReceiver.WasLate(ended.Errors))
            return false;
        Assert.Equal([path], collector.Requests.Distinct());
        Assert.All(collector.Resources, resource => Assert.Equal("my-shoes", OtlpReceiver.Tags(resource.Attributes)["service.name"]));
        Assert.Equal(kind == "TRACES", Read(cluster, 1)[0].Headers.Any(header => header.Key == "traceparent"));
        return true;
    });

    [Fact]
    public Task Azure_Monitor_gets_the_same() => Wait.UntilAsync(async () =>
    {
        await using var monitor = await OtlpReceiver.StartAsync();
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--ticks 1",
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString(monitor)),
            ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true"), ("APPLICATIONINSIGHTS_SDKSTATS_DISABLED", "true"));
        if (OtlpReceiver.WasLate(ended.Errors))
            return false;
        Assert.Equal(0, ended.ExitCode);

        var items = monitor.Items.Select(item => item.GetProperty("data")).ToArray();
        var metrics = items.Where(data => data.GetProperty("baseType").GetString() == "MetricData")
            .Select(data => data.GetProperty("baseData").GetProperty("metrics")[0])
            .ToLookup(metric => metric.GetProperty("name").GetString(), metric => metric.GetProperty("value").GetDouble());
        Assert.Equal(Cluster.Batch, Assert.Single(metrics[Sent]));
        Assert.Equal(1, Assert.Single(metrics["shoefunctions.ticks.written"]));
        var span = Assert.Single(items, data => data.GetProperty("baseType").GetString() == "RemoteDependencyData").GetProperty("baseData");
        Assert.Equal("send js_shoe", span.GetProperty("name").GetString());
        Assert.Equal($"{Cluster.Batch}", span.GetProperty("properties").GetProperty("messaging.batch.message_count").GetString());
        return true;
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Off_it_sends_nothing_adds_nothing_and_is_not_even_loaded(bool isConfigured)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await Cluster.StartAsync();
        (string, string)[] settings = isConfigured
            ? [.. Otlp(collector), ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString(collector)), ("ENABLE_METRICS", "false")]
            : [];
        await using var process = ShoesProcess.Start("--ticks 2", cluster.Settings(settings));
        var ready = await process.ReadyAsync();
        Assert.All(Read(cluster, Cluster.Batch), record => Assert.Equal(["content-type", "shoe-id", "shoe-brand"], record.Headers.Select(header => header.Key)));
        var loaded = await process.LoadedAsync();
        Assert.Contains("ShoeFunctions.Engine.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
        Assert.Equal(0, (await process.EndAsync()).ExitCode);
        Assert.Empty(collector.Requests);
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_holds_up_neither_ticks_nor_the_end()
    {
        await using var collector = await OtlpReceiver.StartAsync(isSilent: true);
        await using var cluster = await Cluster.StartAsync();

        // Longer than a test waits for an end: a process that ends did not wait for this.
        var ended = await cluster.RunAsync("--ticks 2", [.. Otlp(collector), ("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000")]);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("the last metrics, traces and logs could not be exported in time", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Cluster.TicksIn(ended.Errors).Length);
    }

    [Fact]
    public async Task A_collector_that_cannot_be_reached_is_said_and_what_it_is_told_with_is_not()
    {
        await using var cluster = await Cluster.StartAsync();

        // Port 9 is nobody's.
        var ended = await cluster.RunAsync("--ticks 1",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hush-hush"));
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("metrics, traces or logs cannot be exported: OpenTelemetry-Exporter-OpenTelemetryProtocol ", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_before_the_collector_is_named_without_its_password()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("--ticks 1",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("HTTP_PROXY", "http://hush-user:hush-word@127.0.0.1:1"), ("NO_PROXY", ""));
        Assert.Equal(0, ended.ExitCode);
        Assert.Matches("OpenTelemetry-Exporter-OpenTelemetryProtocol [A-Za-z]+ \\(through the proxy http://127.0.0.1:1\\)", ended.Errors);
        Assert.DoesNotContain("hush", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exporters_that_cannot_be_opened_are_said_and_shoes_are_produced_all_the_same()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await ShoesProcess.RunAsync("--ticks 1",
            cluster.Settings(("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=hush")));
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("metrics, traces and logs are not sent, because their exporters cannot be started", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.Single(Cluster.TicksIn(ended.Errors));
    }

    private static Dictionary<string, string> Operation { get; } = new()
    {
        ["messaging.system"] = "kafka",
        ["messaging.operation.name"] = "send",
        ["messaging.operation.type"] = "send",
        ["messaging.destination.name"] = "js_shoe",
    };

    private static (string, string)[] Otlp(OtlpReceiver collector, string protocol = "http/protobuf") =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", protocol == "grpc" ? collector.GrpcUrl : collector.HttpUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];

    /// <summary>With a key of its own: what one could not deliver is kept on the disk under its key.</summary>
    private static string ConnectionString(OtlpReceiver monitor) =>
        $"InstrumentationKey={Environment.ProcessId:x8}-0000-0000-0000-{new Uri(monitor.HttpUrl).Port:d12};IngestionEndpoint={monitor.HttpUrl}";

    private static List<Message<Ignore, byte[]>> Read(Cluster cluster, int count)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = cluster.Kafka.BootstrapServers, GroupId = "telemetry" }).Build();
        consumer.Assign(Enumerable.Range(0, 6).Select(partition => new TopicPartitionOffset("js_shoe", partition, Offset.Beginning)));
        return [.. Enumerable.Range(0, count).Select(_ => consumer.Consume(TestContext.Current.CancellationToken).Message)];
    }

    private static string Text(Headers headers, string key) => Encoding.UTF8.GetString(headers.GetLastBytes(key));

    private static string Hex(Google.Protobuf.ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
