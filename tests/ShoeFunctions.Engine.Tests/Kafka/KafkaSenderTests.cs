using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Kafka;

/// <summary>What the guarantees rest on in the client's configuration, and what is left of a producer that is given up.</summary>
public sealed class KafkaSenderTests
{
    private const int Ticks = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_record_counts_when_all_replicas_have_it_and_is_there_once_however_often_it_is_sent()
    {
        var config = Config();
        Assert.Equal((Acks.All, true, 5), (config.Acks, config.EnableIdempotence, config.MessageSendMaxRetries));
    }

    [Fact]
    public void What_is_never_sent_again_needs_no_idempotence_which_the_client_would_refuse() =>
        Assert.False(Config(("KAFKA_RETRY_MAX", "0")).EnableIdempotence);

    [Theory]
    [InlineData("3s")]
    [InlineData("30s")]
    [InlineData("5m")]
    [InlineData("1h")]
    public void A_message_that_times_out_is_reported_within_the_setting(string timeout)
    {
        var options = Options(("KAFKA_TIMEOUT", timeout));
        // The client looks for time-outs once a second.
        Assert.InRange(KafkaSender.Config(options, PeerCredentials.None, allowInsecure: false).MessageTimeoutMs!.Value, 1000, options.Timeout.TotalMilliseconds - 1000);
    }

    [Fact]
    public void Keys_find_the_partitions_that_the_Java_client_would_choose() => Assert.Equal(Partitioner.Murmur2Random, Config().Partitioner);

    [Theory]
    [InlineData("gzip", 3)]
    [InlineData("zstd", null)]
    public void A_batch_is_compressed_as_hard_as_is_worth_its_while(string compression, int? level) =>
        Assert.Equal(level, Config(("KAFKA_COMPRESSION", compression)).CompressionLevel);

    /// <summary>With it the client logs a line at every start, of brokers that take such reports as of those that do not.</summary>
    [Fact]
    public void The_brokers_are_sent_no_reports_about_the_client() => Assert.False(Config().EnableMetricsPush);

    [Fact]
    public async Task A_hundred_ticks_that_fail_leave_no_send_behind()
    {
        // A port that nobody listens on, and nobody else gets.
        using var port = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var heard = new List<WeakReference>();
        using var engine = new TestEngine(("KAFKA_BOOTSTRAP_SERVERS", $"{port.LocalEndPoint}"));
        engine.Opening = () => new WatchedSender(new KafkaSender(engine.KafkaOptions, PeerCredentials.None, false, engine.Time, engine.KafkaLog), reported =>
        {
            heard.Add(new WeakReference(reported));
            engine.Time.Advance(Deadline);
        });
        for (var second = 0; second < Ticks; second++)
        {
            var report = await engine.Producer.ProduceAsync(new Tick(second), 10, Deadline, TestContext.Current.CancellationToken);
            Assert.Equal((1, 0, FailureSource.Kafka), (report.Attempted, report.Delivered, report.Failure!.Source));
        }

        GC.Collect();
        Assert.Equal(Ticks, heard.Count);
        // One or two may still be on a thread's stack.
        Assert.InRange(heard.Count(reported => reported.IsAlive), 0, Ticks / 10);
    }

    /// <summary>What the client calls back into must not be collected before it is closed: that would be the end of the process.</summary>
    [Fact]
    public async Task A_batch_that_does_not_end_does_not_keep_the_program_from_ending_and_closes_the_client_when_it_does()
    {
        using var engine = new TestEngine(("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"));
        var sender = new KafkaSender(engine.KafkaOptions, PeerCredentials.None, false, engine.Time, engine.KafkaLog);
        var client = ClientLibrary.HandleOf(ProducerOf(sender).Handle);
        using var told = new ManualResetEventSlim();
        var sending = sender.SendAsync(_ => { }, _ => told.Wait());
        await Task.Run(sender.Dispose, TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal((false, false), (sending.IsCompleted, client.IsClosed));
        told.Set();
        await sending;
        await Wait.UntilAsync(() => client.IsClosed);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_producer")]
    private static extern ref IProducer<byte[], byte[]> ProducerOf(KafkaSender sender);

    private static ProducerConfig Config(params (string Name, string Value)[] settings) => KafkaSender.Config(Options(settings), PeerCredentials.None, allowInsecure: false);

    private static KafkaOptions Options(params (string Name, string Value)[] settings)
    {
        using var engine = new TestEngine(settings);
        return engine.KafkaOptions;
    }

    /// <summary>Shows who is to hear of the sends, after the first of them.</summary>
    private sealed class WatchedSender(IMessageSender sender, Action<Action<SendReport>> watch) : IMessageSender
    {
        public event Action? BrokersDown
        {
            add => sender.BrokersDown += value;
            remove => sender.BrokersDown -= value;
        }

        public event Action? CredentialsRefused
        {
            add => sender.CredentialsRefused += value;
            remove => sender.CredentialsRefused -= value;
        }

        public Task SendAsync(Action<SendReport> reported, Action<ISendBatch> send) =>
            sender.SendAsync(reported, batch => send(new WatchedBatch(batch, () => watch(reported))));

        public void UseCredentials(PeerCredentials credentials) => sender.UseCredentials(credentials);

        public void LookAround() => sender.LookAround();

        public Task<string?> ClusterIdAsync(TimeSpan patience) => sender.ClusterIdAsync(patience);

        public IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp) => sender.ErrorsSince(timestamp);

        public void Dispose() => sender.Dispose();
    }

    private sealed class WatchedBatch(ISendBatch batch, Action sent) : ISendBatch
    {
        public ErrorCode Send(OutgoingRecord record)
        {
            var refused = batch.Send(record);
            sent();
            return refused;
        }

        public void Take(TimeSpan patience) => batch.Take(patience);
    }
}
