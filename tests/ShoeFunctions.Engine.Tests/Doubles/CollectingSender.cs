using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>Keeps what is sent and reports it as it is told to, from another thread as librdkafka does.</summary>
internal sealed class CollectingSender : IMessageSender
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _held = new();

    public sealed record Sent(byte[]? Key, byte[] Value, long TimestampMs, (string Key, byte[] Value)[] Headers);

    public List<Sent> Messages { get; } = [];

    /// <summary>How the delivery of the nth message ends.</summary>
    public Func<int, ErrorCode> Outcome { get; set; } = _ => ErrorCode.NoError;

    /// <summary>What a call throws instead of starting, by how many calls there were before.</summary>
    public Func<int, ErrorCode> Refusal { get; set; } = _ => ErrorCode.NoError;

    /// <summary>Whether reports wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    public List<KafkaCause> ConnectionErrors { get; } = [];

    /// <summary>How often it was to look around.</summary>
    public int Looks => _looks;

    private int _looks;

    public void LookAround() => Interlocked.Increment(ref _looks);

    public string? ClusterId { get; set; }

    public Task<string?> ClusterIdAsync() => Task.FromResult(ClusterId);

    /// <summary>Called at every send.</summary>
    public Action? Produced { get; set; }

    public int Calls { get; private set; }

    public int MostInFlight { get; private set; }

    private int _inFlight;

    public void Produce(Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> delivered)
    {
        if (Refusal(Calls++) is var code and not ErrorCode.NoError)
            throw new ProduceException<byte[], byte[]>(new Error(code), new DeliveryResult<byte[], byte[]>());

        int index;
        lock (_lock)
        {
            index = Messages.Count;
            Messages.Add(new Sent(
                message.Key?.ToArray(), message.Value.ToArray(), message.Timestamp.UnixTimestampMs,
                [.. message.Headers.Select(header => (header.Key, header.GetValueBytes().ToArray()))]));
            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
        }

        Produced?.Invoke();
        var value = message.Value;
        Enqueue(() =>
        {
            lock (_lock)
                _inFlight--;
            delivered(new DeliveryReport<byte[], byte[]>
            {
                Partition = index % 6,
                Offset = index / 6,
                Error = new Error(Outcome(index)),
                Message = new Message<byte[], byte[]> { Value = value },
            });
        });
    }

    public IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp) => [.. ConnectionErrors];

    public void Release()
    {
        Holds = false;
        while (_held.TryDequeue(out var report))
            ThreadPool.QueueUserWorkItem(_ => report());
    }

    /// <summary>Lets one report go.</summary>
    public void ReleaseOne() => ThreadPool.QueueUserWorkItem(report => report(), _held.Dequeue(), preferLocal: false);

    /// <summary>The same on this thread: it returns when all reports were taken.</summary>
    public void ReleaseHere()
    {
        Holds = false;
        while (_held.TryDequeue(out var report))
            report();
    }

    public event Action? CredentialsRefused;

    public event Action? BrokersDown;

    public void LoseBrokers() => BrokersDown?.Invoke();

    public void Refuse() => CredentialsRefused?.Invoke();

    public List<ApiKey> Credentials { get; } = [];

    public void UseCredentials(ApiKey credentials) => Credentials.Add(credentials);

    /// <summary>How often it was given up.</summary>
    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;

    private void Enqueue(Action report)
    {
        if (Holds)
            _held.Enqueue(report);
        else
            ThreadPool.QueueUserWorkItem(_ => report());
    }
}
