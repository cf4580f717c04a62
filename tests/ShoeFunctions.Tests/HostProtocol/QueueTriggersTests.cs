using System.Collections.Concurrent;
using System.Globalization;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using ShoeFunctions.Tests.Worker;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>That queue triggers of the stand-in do as the host's.</summary>
[Collection(AzuriteTests.Name)]
public sealed class QueueTriggersTests(Azurite azurite) : IAsyncDisposable
{
    private static readonly WorkerProcess.Invocation Success = new(StatusResult.Types.Status.Success, "");
    private static readonly WorkerProcess.Invocation Failure = new(StatusResult.Types.Status.Failure, "It failed.");

    private static readonly QueueOptions Options = new()
    {
        BatchSize = 1,
        NewBatchThreshold = 0,
        MaxPollingInterval = TimeSpan.FromMilliseconds(200),
        MessageEncoding = QueueMessageEncoding.None,
    };

    private readonly string _name = azurite.NextQueue();
    private readonly Stack<QueueListener> _listeners = [];

    private QueueClient Queue => Client(_name);

    private QueueClient Poison => Client(_name + "-poison");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_succeeds_is_deleted()
    {
        await SendAsync("one", "two");
        var listener = Listen(Options, (_, _) => Task.FromResult(Success));
        await Wait.UntilAsync(() => listener.Runs.Count == 2);
        Assert.Equal(["one", "two"], listener.Runs.Select(run => run.Message.Body.ToString()));
        Assert.Equal(0, await CountAsync(Queue));
        Assert.False(await Poison.ExistsAsync(Stop));
    }

    [Fact]
    public async Task What_fails_is_seen_again_when_the_visibility_timeout_is_over()
    {
        await SendAsync("message");
        var began = new ConcurrentQueue<long>();
        var listener = Listen(Options with { VisibilityTimeout = TimeSpan.FromSeconds(2) }, (message, _) =>
        {
            began.Enqueue(TimeProvider.System.GetTimestamp());
            return Task.FromResult(message.DequeueCount == 1 ? Failure : Success);
        });
        await Wait.UntilAsync(() => listener.Runs.Count == 2);
        Assert.Equal([(1, Failure), (2, Success)], listener.Runs.Select(run => (run.Message.DequeueCount, run.Invocation)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began.First(), began.Last()), TimeSpan.FromSeconds(1.9), Wait.Patience);
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Fact]
    public async Task What_has_failed_too_often_goes_to_the_poison_queue()
    {
        await SendAsync("message");
        var listener = Listen(Options with { MaxDequeueCount = 3 }, (_, _) => Task.FromResult(Failure));
        await Wait.UntilAsync(async () => await Poison.ExistsAsync(Stop) && await CountAsync(Queue) == 0);
        Assert.Equal(["message"], await PeekAsync(Poison));
        await Wait.UntilAsync(() => listener.Runs.Count == 3);
        Assert.Equal([1, 2, 3], listener.Runs.Select(run => run.Message.DequeueCount));
    }

    [Fact]
    public async Task What_was_taken_too_often_goes_to_the_poison_queue_without_a_run()
    {
        await SendAsync("message");
        for (var i = 0; i < 3; i++)
        {
            var message = (await Queue.ReceiveMessageAsync(cancellationToken: Stop)).Value;
            await Queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: Stop);
        }

        var listener = Listen(Options with { MaxDequeueCount = 3 }, (_, _) => Task.FromResult(Success));
        await Wait.UntilAsync(async () => await Poison.ExistsAsync(Stop) && await CountAsync(Queue) == 0);
        Assert.Equal(["message"], await PeekAsync(Poison));
        Assert.Empty(listener.Runs);
    }

    [Fact]
    public async Task A_poison_queue_has_no_other_and_what_fails_there_stays_hidden()
    {
        await Poison.CreateAsync(cancellationToken: Stop);
        await Poison.SendMessageAsync("message", Stop);
        var listener = Listen(Options with { MaxDequeueCount = 1 }, (_, _) => Task.FromResult(Failure), _name + "-poison");
        await Wait.UntilAsync(() => listener.Runs.Count == 1);
        await listener.StopAsync();
        Assert.Equal(1, await CountAsync(Poison));
        Assert.Empty(await PeekAsync(Poison));
        Assert.False(await Client(_name + "-poison-poison").ExistsAsync(Stop));
    }

    [Fact]
    public async Task While_it_runs_nobody_else_gets_it_however_long_it_takes()
    {
        await SendAsync("message");
        Func<QueueMessage, CancellationToken, Task<WorkerProcess.Invocation>> longRun = async (message, _) =>
        {
            await Wait.UntilAsync(() => TimeProvider.System.GetUtcNow() > message.NextVisibleOn + TimeSpan.FromSeconds(1));
            return Success;
        };
        // Its time is renewed in the middle: half of it is what a busy machine may be late by.
        var options = Options with { HiddenFor = TimeSpan.FromSeconds(10) };
        var (one, other) = (Listen(options, longRun), Listen(options, longRun));
        await Wait.UntilAsync(() => one.Runs.Concat(other.Runs).Any());
        Assert.Equal(1, Assert.Single(one.Runs.Concat(other.Runs)).Message.DequeueCount);
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Fact]
    public async Task What_is_over_while_its_time_is_renewed_is_deleted()
    {
        const int Messages = 32;
        await SendAsync([.. Enumerable.Range(0, Messages).Select(number => $"{number}")]);
        var options = Options with { BatchSize = Messages, HiddenFor = TimeSpan.FromSeconds(20) };
        var listener = Listen(options, async (message, killed) =>
        {
            // From just before its time is renewed to just after.
            await Task.Delay((options.HiddenFor / 2) + TimeSpan.FromMilliseconds((2 * int.Parse(message.Body.ToString(), CultureInfo.InvariantCulture)) - 10), TimeProvider.System, killed);
            return Success;
        });
        await Wait.UntilAsync(() => listener.Runs.Count == Messages);
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Fact]
    public async Task What_a_killed_host_ran_is_hidden_for_the_rest_of_its_time()
    {
        await SendAsync("message");
        var taken = new TaskCompletionSource<QueueMessage>();
        var options = Options with { HiddenFor = TimeSpan.FromSeconds(3) };
        var killed = Listen(options, async (message, killed) =>
        {
            taken.SetResult(message);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, killed);
            return Success;
        });
        var first = await taken.Task.WaitAsync(Wait.Patience, Stop);
        await killed.DisposeAsync();

        var seen = DateTimeOffset.MinValue;
        var next = Listen(options, (_, _) =>
        {
            seen = TimeProvider.System.GetUtcNow();
            return Task.FromResult(Success);
        });
        await Wait.UntilAsync(() => next.Runs.Count == 1);
        Assert.Empty(killed.Runs);
        Assert.Equal(2, next.Runs.Single().Message.DequeueCount);
        // The queue tells whole seconds.
        Assert.InRange(seen, first.NextVisibleOn!.Value, DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task A_host_that_is_told_to_stop_takes_nothing_more_and_deletes_what_succeeds_meanwhile()
    {
        await SendAsync("one", "two");
        var (begun, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var listener = Listen(Options, async (_, _) =>
        {
            begun.SetResult();
            await mayEnd.Task;
            return Success;
        });
        await begun.Task.WaitAsync(Wait.Patience, Stop);
        var stopping = listener.StopAsync();
        mayEnd.SetResult();
        await stopping.WaitAsync(Wait.Patience, Stop);
        Assert.Single(listener.Runs);
        Assert.Equal(1, await CountAsync(Queue));
        Assert.Equal(["two"], await PeekAsync(Queue));
    }

    [Fact]
    public async Task Without_its_worker_a_host_takes_nothing_more()
    {
        await SendAsync("one", "two");
        var left = new TaskCompletionSource();
        var listener = Listen(Options, (_, _) =>
        {
            left.SetResult();
            return Task.FromResult(Failure);
        }, until: left.Task);
        await Wait.UntilAsync(() => listener.Runs.Count == 1);
        await listener.StopAsync();
        Assert.Equal(2, await CountAsync(Queue));
        Assert.Single(listener.Runs);
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_waited_for()
    {
        var listener = Listen(Options, (_, _) => Task.FromResult(Success));
        await SendAsync("one");
        await Wait.UntilAsync(() => listener.Runs.Count == 1);
        await Queue.DeleteAsync(Stop);
        await SendAsync("two");
        await Wait.UntilAsync(() => listener.Runs.Count == 2);
    }

    [Fact]
    public async Task Two_hosts_share_a_queue()
    {
        var texts = Enumerable.Range(0, 20).Select(i => $"{i:00}").ToArray();
        await SendAsync(texts);
        // None goes on before the other has begun, so that both have their share.
        using var both = new CountdownEvent(2);
        var hosts = Enumerable.Range(0, 2).Select(_ =>
        {
            var isFirst = true;
            return Listen(Options, async (_, _) =>
            {
                if (isFirst)
                    both.Signal();
                isFirst = false;
                await Wait.UntilAsync(() => both.IsSet);
                return Success;
            });
        }).ToArray();
        await Wait.UntilAsync(() => hosts.Sum(host => host.Runs.Count) == texts.Length);
        Assert.Equal(texts, hosts.SelectMany(host => host.Runs).Select(run => run.Message.Body.ToString()).Order(StringComparer.Ordinal));
        Assert.All(hosts, host => Assert.NotEmpty(host.Runs));
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(2, 1, 3)]
    public async Task As_many_run_at_once_as_batch_and_threshold_allow(int batch, int threshold, int most)
    {
        await SendAsync([.. Enumerable.Range(0, 12).Select(i => $"{i}")]);
        var (running, highest) = (0, 0);
        var listener = Listen(Options with { BatchSize = batch, NewBatchThreshold = threshold }, async (message, _) =>
        {
            var now = Interlocked.Increment(ref running);
            highest = Math.Max(highest, now);
            // All but the second, which makes room for more, wait until there are as many as may be.
            if (message.Body.ToString() != "1")
                await Wait.UntilAsync(() => Volatile.Read(ref highest) >= most);
            Interlocked.Decrement(ref running);
            return Success;
        });
        await Wait.UntilAsync(() => listener.Runs.Count == 12);
        Assert.Equal(most, highest);
    }

    [Fact]
    public async Task What_somebody_else_has_taken_over_is_left_to_them()
    {
        await SendAsync("message");
        var listener = Listen(Options, async (message, _) =>
        {
            if (message.DequeueCount == 1)
                await Queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: Stop);
            return Success;
        });
        await Wait.UntilAsync(() => listener.Runs.Count == 2);
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Fact]
    public async Task Foreign_text_is_run_as_it_is_and_blocks_nothing()
    {
        string[] texts = ["", "not json", "{\"tick\":", "Grüße 👟 <&>", "e30=", "last"];
        await SendAsync(texts);
        var listener = Listen(Options with { MaxDequeueCount = 1 }, (message, _) => Task.FromResult(message.Body.ToString() == "last" ? Success : Failure));
        await Wait.UntilAsync(() => listener.Runs.Count == texts.Length);
        Assert.Equal(texts, listener.Runs.Select(run => run.Message.Body.ToString()));
        Assert.Equal(texts[..^1], await PeekAsync(Poison));
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Fact]
    public async Task What_is_not_Base64_where_it_should_be_goes_to_the_poison_queue_without_a_run()
    {
        await SendAsync("not Base64!", "e30=");
        var listener = Listen(Options with { MessageEncoding = QueueMessageEncoding.Base64 }, (_, _) => Task.FromResult(Success));
        await Wait.UntilAsync(() => listener.Runs.Count == 1);
        Assert.Equal("{}", listener.Runs.Single().Message.Body.ToString());
        Assert.Equal(["not Base64!"], await PeekAsync(Poison));
        Assert.Equal(0, await CountAsync(Queue));
    }

    [Fact]
    public async Task Trouble_that_ends_a_host_is_seen_when_the_listener_is_disposed_of()
    {
        await SendAsync("message");
        var began = new TaskCompletionSource();
        var listener = new QueueListener(azurite.ConnectionString, _name, Options, (_, _) =>
        {
            began.SetResult();
            return Task.FromException<WorkerProcess.Invocation>(new NotSupportedException());
        });
        await began.Task.WaitAsync(Wait.Patience, Stop);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await listener.DisposeAsync());
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task Options_are_those_of_host_json_and_else_the_hosts_own()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{ "version": "2.0" }""", Stop);
            Assert.Equal(new QueueOptions(), QueueOptions.Read(file));

            await File.WriteAllTextAsync(file, """
                { "extensions": { "queues": {
                  "batchSize": 1, "newBatchThreshold": 0, "visibilityTimeout": "00:00:30", "maxDequeueCount": 7,
                  "maxPollingInterval": "00:00:02", "messageEncoding": "none", "unknown": true
                } } }
                """, Stop);
            Assert.Equal(
                new QueueOptions
                {
                    BatchSize = 1,
                    NewBatchThreshold = 0,
                    VisibilityTimeout = TimeSpan.FromSeconds(30),
                    MaxDequeueCount = 7,
                    MaxPollingInterval = TimeSpan.FromSeconds(2),
                    MessageEncoding = QueueMessageEncoding.None,
                },
                QueueOptions.Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void What_the_host_tells_of_a_message_is_what_the_queue_knows_and_the_fields_of_its_text()
    {
        var time = new DateTimeOffset(2026, 11, 26, 10, 0, 0, TimeSpan.Zero);
        var message = QueuesModelFactory.QueueMessage("id-1", "receipt-1", BinaryData.FromString("""{"topic":"js_shoe","first":50000,"id":"mine","none":null,"many":[1],"more":{"a":1}}"""), 3, time, time, time);
        Assert.Equal(
            new Dictionary<string, TypedData>
            {
                ["DequeueCount"] = new() { Json = "3" },
                ["ExpirationTime"] = new() { Json = "\"2026-11-26T10:00:00+00:00\"" },
                ["first"] = new() { String = "50000" },
                ["Id"] = new() { String = "mine" },
                ["InsertionTime"] = new() { Json = "\"2026-11-26T10:00:00+00:00\"" },
                ["more"] = new() { Json = """{"a":1}""" },
                ["NextVisibleTime"] = new() { Json = "\"2026-11-26T10:00:00+00:00\"" },
                ["PopReceipt"] = new() { String = "receipt-1" },
                ["QueueTrigger"] = new() { String = message.Body.ToString() },
                ["topic"] = new() { String = "js_shoe" },
            }.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase),
            QueueTriggers.MetadataOf(message).OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task What_runs_in_a_worker_that_dies_has_failed(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("BATCH_SIZE", "1000000"), ("KAFKA_TIMEOUT", "9m")));
        var run = worker.InvokeAsync("ProduceShoes", "timer", new TypedData { Json = "{}" }, new Dictionary<string, TypedData>(), Stop);
        await cluster.FirstRecordAsync(run);
        await worker.SignalAsync(signal);
        var ended = await worker.EndAsync();
        // What a slow machine does not bring to an end before the worker goes is not heard of again.
        if (ended.Output.Contains("Stopping took too long", StringComparison.Ordinal))
            return;
        Assert.True(await Task.WhenAny(run, Task.Delay(Wait.Patience, TimeProvider.System, Stop)) == run, $"The worker ended with {ended.ExitCode} and no answer: {ended.Output}{ended.Errors}");
        Assert.Equal(StatusResult.Types.Status.Failure, (await run).Status);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
    }

    private QueueListener Listen(
        QueueOptions options, Func<QueueMessage, CancellationToken, Task<WorkerProcess.Invocation>> run, string? queue = null, Task? until = null)
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        var listener = new QueueListener(azurite.ConnectionString, queue ?? _name, options, run, until);
        _listeners.Push(listener);
        return listener;
    }

    private QueueClient Client(string name)
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        return new QueueClient(azurite.ConnectionString, name);
    }

    private async Task SendAsync(params string[] texts)
    {
        await Queue.CreateIfNotExistsAsync(cancellationToken: Stop);
        foreach (var text in texts)
            await Queue.SendMessageAsync(text, Stop);
    }

    /// <summary>How many there are, hidden ones included.</summary>
    private static async Task<int> CountAsync(QueueClient queue) => (await queue.GetPropertiesAsync(Stop)).Value.ApproximateMessagesCount;

    /// <summary>Those that are not hidden.</summary>
    private static async Task<IEnumerable<string>> PeekAsync(QueueClient queue) =>
        (await queue.PeekMessagesAsync(32, Stop)).Value.Select(message => message.Body.ToString());
}
