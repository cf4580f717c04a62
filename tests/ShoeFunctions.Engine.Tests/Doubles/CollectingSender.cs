using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>Keeps what is sent and reports it as it is told to.</summary>
internal sealed class CollectingSender : IMessageSender
{
    private readonly object _lock = new();
    private readonly Queue<SendReport> _reports = new();
    private int _released;
    private bool _holds;

    public sealed record Sent(byte[]? Key, byte[] Value, long TimestampMs, (string Key, byte[] Value)[] Headers);

    public List<Sent> Messages { get; } = [];

    /// <summary>How the delivery of the nth message ends.</summary>
    public Func<int, ErrorCode> Outcome { get; set; } = _ => ErrorCode.NoError;

    /// <summary>What a call throws instead of starting, by how many calls there were before.</summary>
    public Func<int, ErrorCode> Refusal { get; set; } = _ => ErrorCode.NoError;

    /// <summary>Whether reports wait for <see cref="Release"/>.</summary>
    public bool Holds
    {
        get => _holds;
        set
        {
            lock (_lock)
                (_holds, _released) = (value, 0);
        }
    }

    public List<KafkaCause> ConnectionErrors { get; } = [];

    public ITransactions? Transactions { get; set; }

    /// <summary>How often it was to look around.</summary>
    public int Looks => _looks;

    private int _looks;

    public void LookAround() => Interlocked.Increment(ref _looks);

    public string? ClusterId { get; set; }

    public Task<string?> ClusterIdAsync(TimeSpan patience) => Task.FromResult(ClusterId);

    /// <summary>How long a send takes, as the client says.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Called at every send.</summary>
    public Action? Produced { get; set; }

    public int Calls { get; private set; }

    public int MostInFlight { get; private set; }

    private int _inFlight;

    public Task SendAsync(Action<SendReport> reported, Action<ISendBatch> send) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                send(new Batch(this, reported));
            }
            finally
            {
                // What comes now is nobody's.
                lock (_lock)
                {
                    _reports.Clear();
                    _inFlight = 0;
                }
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>How often it was asked for them.</summary>
    public int Asked { get; private set; }

    public IReadOnlyCollection<KafkaCause> ErrorsSince(long timestamp)
    {
        Asked++;
        return [.. ConnectionErrors];
    }

    /// <summary>Lets all reports go, from now on.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _holds = false;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets one report go.</summary>
    public void ReleaseOne()
    {
        lock (_lock)
        {
            _released++;
            Monitor.PulseAll(_lock);
        }
    }

    public event Action? CredentialsRefused;

    public event Action? BrokersDown;

    public void LoseBrokers() => BrokersDown?.Invoke();

    public void Refuse() => CredentialsRefused?.Invoke();

    public List<PeerCredentials> Credentials { get; } = [];

    public void UseCredentials(PeerCredentials credentials) => Credentials.Add(credentials);

    /// <summary>How often it was given up.</summary>
    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;

    private ErrorCode Send(OutgoingRecord record)
    {
        if (Refusal(Calls++) is var code and not ErrorCode.NoError)
            return code;

        lock (_lock)
        {
            if (_inFlight == KafkaSender.QueueSize)
                return ErrorCode.Local_QueueFull;

            var index = Messages.Count;
            Messages.Add(new Sent(
                record.Key?.ToArray(), record.Value.ToArray(), record.TimestampMs, [.. record.Headers.Select(header => (header.Name, header.Value.ToArray()))]));
            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
            _reports.Enqueue(new SendReport(Outcome(index), index % 6, index / 6, record.Value.Length, Latency));
        }

        Produced?.Invoke();
        return ErrorCode.NoError;
    }

    private bool TryTake(TimeSpan patience, out SendReport report)
    {
        lock (_lock)
        {
            if (!IsThere && patience > TimeSpan.Zero)
                Monitor.Wait(_lock, patience);
            if (!IsThere)
            {
                report = default;
                return false;
            }

            if (_holds)
                _released--;
            _inFlight--;
            report = _reports.Dequeue();
            return true;
        }
    }

    private bool IsThere => _reports.Count > 0 && (!_holds || _released > 0);

    private sealed class Batch(CollectingSender sender, Action<SendReport> reported) : ISendBatch
    {
        public ErrorCode Send(OutgoingRecord record) => sender.Send(record);

        public void Take(TimeSpan patience)
        {
            for (; sender.TryTake(patience, out var report); patience = TimeSpan.Zero)
                reported(report);
        }
    }
}
