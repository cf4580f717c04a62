using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class TopicReaderTests : IDisposable
{
    private const int Records = 500;
    private static readonly CredentialOptions NoCredentials = new();

    private readonly EmbeddedCluster _cluster = new();
    private readonly CredentialSource _keys = new(NoCredentials, null, TimeProvider.System, NullLogger<CredentialSource>.Instance);

    public TopicReaderTests() => _cluster.CreateTopic("js_shoe", 4);

    public void Dispose()
    {
        _cluster.Dispose();
        _keys.Dispose();
    }

    [Fact]
    public async Task Every_record_that_is_there_is_read_once_and_none_that_comes_later()
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = _cluster.BootstrapServers }).Build();
        await FillAsync();
        var places = new List<TopicPartitionOffset>();
        var progress = new List<TopicReader.Progress>();
        await Reader().ReadAsync(
            DateTimeOffset.UnixEpoch,
            record =>
            {
                if (places.Count == 0)
                    producer.Produce("js_shoe", new Message<Null, byte[]> { Value = [2] });
                Assert.Equal([1], record.Message.Value);
                places.Add(record.TopicPartitionOffset);
            },
            progress.Add,
            TestContext.Current.CancellationToken);
        Assert.Equal((Records, Records), (places.Count, places.Distinct().Count()));
        Assert.Equal((new TopicReader.Progress(0, Records), new TopicReader.Progress(Records, Records)), (progress[0], progress[^1]));
    }

    [Fact]
    public async Task An_empty_topic_is_read_at_once() => Assert.Equal(0, await ReadAsync(Reader()));

    [Fact]
    public async Task An_outage_in_the_middle_is_waited_out_within_the_time_out()
    {
        await FillAsync();
        var (read, isUp) = (0, Task.CompletedTask);
        try
        {
            await Reader().ReadAsync(
                DateTimeOffset.UnixEpoch,
                record =>
                {
                    if (++read != 1)
                        return;
                    _cluster.TakeDown();
                    isUp = BringUpAsync();
                },
                progress => { },
                TestContext.Current.CancellationToken);
        }
        finally
        {
            await isUp;
        }

        Assert.Equal(Records, read);

        async Task BringUpAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            _cluster.BringUp();
        }
    }

    [Fact]
    public async Task Brokers_that_fall_silent_end_it_with_the_reason()
    {
        await FillAsync();

        // A fetch brings a few records of a partition: all of them take many round trips, and the first has just begun.
        _cluster.SetRoundTrip(TimeSpan.FromMilliseconds(200));
        var failure = await Assert.ThrowsAsync<FailureException>(() => Reader(seconds: 6).ReadAsync(
            DateTimeOffset.UnixEpoch,
            _ => { },
            _ => _cluster.TakeDown(),
            TestContext.Current.CancellationToken));
        // On a slow machine the client may not have said yet that all are down.
        Assert.Contains(failure.Failure.Kind, new[] { FailureKind.Network, FailureKind.Timeout });
    }

    [Fact]
    public async Task An_unknown_topic_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<FailureException>(() => ReadAsync(Reader(topic: "other")));
        Assert.Equal((FailureKind.NotFound, "read topic"), (failure.Failure.Kind, failure.Failure.Operation));
    }

    [Fact]
    public async Task Rights_on_the_topic_alone_are_enough()
    {
        await FillAsync();
        Refuse(_cluster, request: 10, ErrorCode.GroupAuthorizationFailed);
        Assert.Equal(Records, await ReadAsync(Reader()));
    }

    private TopicReader Reader(int seconds = 10, string topic = "js_shoe") => new(
        new KafkaOptions { BootstrapServers = _cluster.BootstrapServers, Topic = topic, Timeout = TimeSpan.FromSeconds(seconds) }, NoCredentials, _keys, TimeProvider.System);

    private static async Task<int> ReadAsync(TopicReader reader)
    {
        var read = 0;
        await reader.ReadAsync(DateTimeOffset.UnixEpoch, _ => read++, _ => { }, TestContext.Current.CancellationToken);
        return read;
    }

    private async Task FillAsync()
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = _cluster.BootstrapServers, BatchSize = 200 }).Build();
        await Task.WhenAll(Enumerable.Range(0, Records).Select(index =>
            producer.ProduceAsync(new TopicPartition("js_shoe", index % 4), new Message<Null, byte[]> { Value = [1] }, TestContext.Current.CancellationToken)));
    }

    /// <summary>Has the brokers answer the next requests of a kind with an error (<c>rdkafka_mock.h</c>).</summary>
    private static void Refuse(EmbeddedCluster cluster, short request, ErrorCode error)
    {
        var errors = Enumerable.Repeat((int)error, 100).ToArray();
        var library = new[] { "librdkafka", "centos8-librdkafka", "alpine-librdkafka" }
            .Select(build => NativeLibrary.TryLoad(build, typeof(EmbeddedCluster).Assembly, null, out var handle) ? handle : 0).First(handle => handle != 0);
        Marshal.GetDelegateForFunctionPointer<PushRequestErrors>(NativeLibrary.GetExport(library, "rd_kafka_mock_push_request_errors_array"))(
            Handle(cluster), request, (nuint)errors.Length, errors);
    }

    private delegate void PushRequestErrors(nint cluster, short request, nuint count, int[] errors);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cluster")]
    private static extern ref nint Handle(EmbeddedCluster cluster);
}
