using Confluent.Kafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>Counts a batch's delivery reports, from whichever thread they come.</summary>
internal sealed class DeliveryTally(TimeProvider time)
{
    /// <summary>
    /// So many sends share the time at which the first of them began: they are started within microseconds of each
    /// other, and a delegate a message would cost more than the rest of the tally.
    /// </summary>
    private const int SendsAHandler = 32;

    private readonly Lock _lock = new();
    private readonly LatencyHistogram _latency = new();
    private readonly Dictionary<ErrorCode, int> _errors = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PartitionOffsets[] _partitions = [];
    private Action<DeliveryReport<byte[], byte[]>>? _handler;
    private TaskCompletionSource? _room;
    private int _roomBelow;
    private int _started;
    private int _reported;
    private int _delivered;
    private long _bytes;
    private volatile bool _hasErrors;
    private bool _complete;
    private bool _closed;

    /// <summary>How many sends were started and not yet reported.</summary>
    public int InFlight => _started - Volatile.Read(ref _reported);

    /// <summary>Whether no send was reported yet.</summary>
    public bool IsSilent => Volatile.Read(ref _reported) == 0;

    /// <summary>How many sends were acknowledged.</summary>
    public int Delivered => Volatile.Read(ref _delivered);

    /// <summary>Whether a send has failed.</summary>
    public bool HasErrors => _hasErrors;

    /// <summary>The handler for the next send. Only one thread starts sends.</summary>
    public Action<DeliveryReport<byte[], byte[]>> NextHandler()
    {
        if (_handler is null || _started % SendsAHandler == 0)
        {
            var startedAt = time.GetTimestamp();
            _handler = report => Report(report, startedAt);
        }

        return _handler;
    }

    /// <summary>A send was started.</summary>
    public void Started() => _started++;

    /// <summary>The send that was just counted as started was not.</summary>
    public void NotStarted()
    {
        _started--;
        // There is a wait before it is tried again.
        _handler = null;
    }

    /// <summary>A shoe could not even be sent.</summary>
    public void Refused(ErrorCode code)
    {
        lock (_lock)
            Count(code);
    }

    /// <summary>Completes when fewer than <paramref name="below"/> sends are under way.</summary>
    public Task RoomAsync(int below)
    {
        lock (_lock)
        {
            if (InFlight < below)
                return Task.CompletedTask;

            // Who waits for room sends again later: what comes then has a start of its own.
            _handler = null;
            _roomBelow = below;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Completes when every send that was started is reported. No more are started after this call.</summary>
    public Task SettledAsync()
    {
        lock (_lock)
        {
            _complete = true;
            if (InFlight == 0)
                _settled.TrySetResult();
            return _settled.Task;
        }
    }

    /// <summary>Counts no more reports: what has none by now is not delivered. Then the counts are final.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
    }

    /// <summary>Puts the counts into a report.</summary>
    public TickReport Into(TickReport report)
    {
        lock (_lock)
            return report with
            {
                Attempted = _started,
                Delivered = _delivered,
                Bytes = _bytes,
                LatencyP50 = _latency.Quantile(0.5),
                LatencyP99 = _latency.Quantile(0.99),
                LatencyMax = _latency.Max,
                Partitions = [.. _partitions.Where(partition => partition.Count > 0)],
            };
    }

    /// <summary>The most frequent error, or none.</summary>
    public ErrorCode? MostFrequentError
    {
        get
        {
            lock (_lock)
                return _errors.Count == 0 ? null : _errors.MaxBy(error => error.Value).Key;
        }
    }

    private void Report(DeliveryReport<byte[], byte[]> report, long startedAt)
    {
        lock (_lock)
        {
            if (_closed)
                return;

            _reported++;
            if (report.Error.IsError)
                Count(report.Error.Code);
            else
                Count(report.Partition.Value, report.Offset.Value, report.Value.Length, time.GetElapsedTime(startedAt));

            if (_room is { } room && InFlight < _roomBelow)
            {
                _room = null;
                room.TrySetResult();
            }

            if (_complete && InFlight == 0)
                _settled.TrySetResult();
        }
    }

    private void Count(ErrorCode error)
    {
        _errors[error] = _errors.GetValueOrDefault(error) + 1;
        _hasErrors = true;
    }

    private void Count(int partition, long offset, int bytes, TimeSpan latency)
    {
        _delivered++;
        _bytes += bytes;
        _latency.Record(latency);
        if (partition >= _partitions.Length)
            Array.Resize(ref _partitions, partition + 1);
        var seen = _partitions[partition];
        _partitions[partition] = seen.Count == 0
            ? new(partition, offset, offset, 1)
            : new(partition, Math.Min(seen.First, offset), Math.Max(seen.Last, offset), seen.Count + 1);
    }
}
