using System.Text.Json;
using Azure.Storage.Queues;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

/// <summary>Large ticks, split among workers that share a storage account.</summary>
[Collection(AzuriteTests.Name)]
public sealed class ChunkTests(Azurite azurite)
{
    private static readonly string[] Queues = ["shoe-chunks", "shoe-chunks-poison"];

    /// <summary>A chunk that nobody has is taken sooner, unless its message is lost.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(10);

    private readonly string _storage = azurite.NextAccount();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_workers_share_a_ticks_chunks_and_one_of_them_closes_it()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        await using var cluster = await TestCluster.StartAsync();
        var settings = cluster.Settings(Split(("BATCH_SIZE", "200"), ("FAN_OUT_CHUNK", "5")));
        await using var one = await WorkerProcess.StartAsync(settings);
        await using var other = await WorkerProcess.StartAsync(settings);
        Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Success, ""), await one.InvokeTimerAsync());
        var open = Assert.Single((await StatsAsync(other)).GetProperty("openTicks").EnumerateArray());
        Assert.Equal((200, 40, 0), (open.GetProperty("shoes").GetInt32(), open.GetProperty("chunks").GetInt32(), open.GetProperty("chunksDone").GetInt32()));
        Assert.Equal(0, cluster.Count());

        await using var first = QueueTriggers.Start(one, _storage);
        await Wait.UntilAsync(() => first.Runs.Any());
        await using var second = QueueTriggers.Start(other, _storage);
        await Wait.UntilAsync(async () => (await StatsAsync(one)).GetProperty("totals").GetProperty("ticks").GetInt64() == 1);
        await Task.WhenAll(first.StopAsync(), second.StopAsync());

        Assert.All(first.Runs.Concat(second.Runs), run => Assert.Equal(new WorkerProcess.Invocation(StatusResult.Types.Status.Success, ""), run.Invocation));
        // On a slow machine a chunk without a row for long is queued again, and sends nothing where it has one by then.
        Assert.Equal(40, first.Runs.Concat(second.Runs).DistinctBy(run => run.Message.Body.ToString()).Count());
        Assert.NotEmpty(second.Runs);
        var stats = await StatsAsync(other);
        Assert.Equal((200, 0, 2), (stats.GetProperty("totals").GetProperty("delivered").GetInt32(), stats.GetProperty("openTicks").GetArrayLength(), stats.GetProperty("instances").GetArrayLength()));
        Assert.Equal(
            (await cluster.ExpectedFramesAsync(200)).Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            cluster.Read().Select(record => Convert.ToHexString(record.Message.Value)).Order(StringComparer.Ordinal));
        Assert.Single(one.Logs.Concat(other.Logs), log => log.Message.Contains("200 shoes delivered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_chunk_that_fails_five_times_is_put_aside_said_by_health_and_made_all_the_same()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Split(("PRODUCE_SCHEDULE", "0 0 0 1 1 *"), ("FAN_OUT_CHUNK", "25"), ("FAN_OUT_ABOVE", "10"), ("KAFKA_TIMEOUT", "1s"))));
        await worker.InvokeTimerAsync();
        cluster.Kafka.TakeDown();
        await using var triggers = QueueTriggers.Start(worker, _storage, options => options with { VisibilityTimeout = TimeSpan.FromSeconds(1) });
        await Wait.UntilAsync(() => triggers.Runs.Count() == 5);
        Assert.All(triggers.Runs, run => Assert.Equal(StatusResult.Types.Status.Failure, run.Invocation.Status));
        Assert.Single(worker.Logs, log => log.Message.StartsWith("a chunk goes to the queue shoe-chunks-poison, after 5 attempts: ", StringComparison.Ordinal));
        await Wait.UntilAsync(async () => (await ChunksCheckAsync(worker)) == ("degraded", "poisoned"));

        cluster.Kafka.BringUp();
        var poison = new QueueServiceClient(_storage).GetQueueClient(Queues[1]);
        var message = (await poison.ReceiveMessageAsync(cancellationToken: Stop)).Value;
        await new QueueServiceClient(_storage).GetQueueClient(Queues[0]).SendMessageAsync(message.Body, cancellationToken: Stop);
        await poison.DeleteMessageAsync(message.MessageId, message.PopReceipt, Stop);
        await Wait.UntilAsync(async () => (await StatsAsync(worker)).GetProperty("totals").GetProperty("ticks").GetInt64() == 1);
        await Wait.UntilAsync(async () => (await ChunksCheckAsync(worker)) == ("healthy", null));
        Assert.Equal(JsonValueKind.String, (await StatsAsync(worker)).GetProperty("lastFailure").GetProperty("overAt").ValueKind);
    }

    [Fact]
    public async Task Foreign_text_in_the_queue_blocks_nothing()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(Split(("FAN_OUT_CHUNK", "5"), ("FAN_OUT_ABOVE", "10"))));
        var queue = new QueueServiceClient(_storage).GetQueueClient(Queues[0]);
        await queue.CreateIfNotExistsAsync(cancellationToken: Stop);
        foreach (var text in (string[])["hush, hush", """{"DequeueCount":"many","topic":"shoes"}""", Convert.ToBase64String([0xFF, 0xFE, 0])])
            await queue.SendMessageAsync(text, cancellationToken: Stop);
        await worker.InvokeTimerAsync();
        await using var triggers = QueueTriggers.Start(worker, _storage, options => options with { VisibilityTimeout = TimeSpan.FromSeconds(1) });
        await Wait.UntilAsync(async () => (await StatsAsync(worker)).GetProperty("totals").GetProperty("ticks").GetInt64() == 1);
        await Wait.UntilAsync(() => triggers.Runs.Count() == 5 + (3 * 5));
        Assert.DoesNotContain("hush", worker.EverythingSent, StringComparison.Ordinal);
        Assert.Equal(25, cluster.Read().Count);
    }

    /// <summary>
    /// Twenty times a worker or its whole host is killed at any moment of its chunks, while another goes on: what is open is closed,
    /// and all shoes of all ticks are on the topic.
    /// </summary>
    [Fact]
    public async Task Killed_twenty_times_nothing_is_missing_and_nothing_altered()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        const int Batch = 1000;
        const string EverySecond = "* * * * * *";
        await using var cluster = await TestCluster.StartAsync();
        var settings = cluster.Settings(Split(("BATCH_SIZE", $"{Batch}"), ("FAN_OUT_CHUNK", "250"), ("PRODUCE_SCHEDULE", EverySecond), ("KAFKA_TIMEOUT", "1s"), ("CATCH_UP_LIMIT", "100")));
        static QueueOptions Hasty(QueueOptions options) =>
            options with { VisibilityTimeout = TimeSpan.FromSeconds(1), HiddenFor = TimeSpan.FromSeconds(3), MaxPollingInterval = TimeSpan.FromMilliseconds(200) };

        await using var survivor = await WorkerProcess.StartAsync(settings);
        await using var its = QueueTriggers.Start(survivor, _storage, Hasty);
        var random = new SplitMix64(20261126);
        Assert.True(TickSchedule.TryParse(EverySecond, new ShoeRate.Batch(Batch), out var schedule));
        var first = Tick.At(TimeProvider.System.GetUtcNow());
        await survivor.InvokeTimerAsync();
        var begun = await OldestAsync(survivor);
        for (var killed = 0; killed < 20; killed++)
        {
            await using var worker = await WorkerProcess.StartAsync(settings);
            await survivor.InvokeTimerAsync();
            await using var triggers = QueueTriggers.Start(worker, _storage, Hasty);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Below(400)), TimeProvider.System, Stop);
            if (random.Below(2) == 0)
                await triggers.DisposeAsync();
            await worker.SignalAsync("KILL");
        }

        // What the killed ones had is queued again by the timer. That also opens what is due by then, which is more the slower the
        // machine is: so it is asked where nothing moves any more, and waited for as long as something does.
        for (var left = await LeftAsync(); left > 0;)
        {
            var (before, moved) = (left, TimeProvider.System.GetTimestamp());
            await Wait.UntilAsync(async () =>
            {
                if (TimeProvider.System.GetElapsedTime(moved) > Still)
                {
                    await survivor.InvokeTimerAsync();
                    moved = TimeProvider.System.GetTimestamp();
                }

                return (left = await LeftAsync()) != before;
            });
        }

        async Task<long> LeftAsync()
        {
            var stats = await StatsAsync(survivor);
            return Math.Max(0, 20 - stats.GetProperty("totals").GetProperty("ticks").GetInt64())
                + stats.GetProperty("openTicks").EnumerateArray().Sum(open => 1 + open.GetProperty("chunks").GetInt64() - open.GetProperty("chunksDone").GetInt64());
        }

        await its.StopAsync();
        var state = await StatsAsync(survivor);
        var last = Tick.At(state.GetProperty("highWater").GetDateTimeOffset());
        Assert.InRange(begun, first.Time.AddSeconds(-1), last.Time);

        var range = new TickRange(Tick.At(begun), new Tick(last.UnixSeconds + 1));
        var audit = new Audit(range, new TickOptions { Schedule = schedule }, MessageKey.None, show: 3);
        foreach (var record in cluster.Read())
            audit.Add(record);
        var (counts, findings) = audit.Finish();
        Assert.True(counts is { Missing: 0, Altered: 0, Foreign: 0 }, $"{counts} {string.Join(' ', findings)}");
        Assert.Equal(counts.Ticks - state.GetProperty("totals").GetProperty("skippedTicks").GetInt64(), state.GetProperty("totals").GetProperty("ticks").GetInt64());
        Assert.True(state.GetProperty("totals").GetProperty("delivered").GetInt64() >= counts.Shoes, $"{counts} {state.GetProperty("totals")}");
    }

    private (string Name, string Value)[] Split(params (string Name, string Value)[] more) =>
    [
        .. new[] { ("AzureWebJobsStorage", _storage), ("FAN_OUT_ABOVE", "100"), ("KAFKA_TIMEOUT", "20s") }.ExceptBy(more.Select(setting => setting.Name), setting => setting.Item1),
        .. more,
    ];

    private static async Task<JsonElement> StatsAsync(WorkerProcess worker) => (await worker.InvokeHttpAsync("GetStats", "GET", "http://localhost/api/stats")).Json;

    /// <summary>The oldest tick that it knows of, whether it is closed or still open.</summary>
    private static async Task<DateTimeOffset> OldestAsync(WorkerProcess worker)
    {
        var stats = await StatsAsync(worker);
        return stats.GetProperty("lastTicks").EnumerateArray().Concat(stats.GetProperty("openTicks").EnumerateArray()).Min(tick => tick.GetProperty("tick").GetDateTimeOffset());
    }

    private static async Task<(string?, string?)> ChunksCheckAsync(WorkerProcess worker)
    {
        var check = (await worker.InvokeHttpAsync("GetHealth", "GET", "http://localhost/api/health")).Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "chunks");
        return (check.GetProperty("status").GetString(), check.GetProperty("failure") is { ValueKind: JsonValueKind.Object } failure ? failure.GetProperty("code").GetString() : null);
    }
}
