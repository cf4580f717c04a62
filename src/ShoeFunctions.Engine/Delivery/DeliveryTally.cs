using Confluent.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>Counts a batch's sends and their reports. For one thread; others may look at how far it is.</summary>
internal sealed class DeliveryTally
{
    private readonly LatencyHistogram _latency = new();
    private readonly Dictionary<ErrorCode, int> _errors = [];
    private PartitionOffsets[] _partitions = [];
    private int _started;
    private int _reported;
    private int _delivered;
    private long _bytes;

    /// <summary>How many sends were started and not yet reported.</summary>
    public int InFlight => _started - _reported;

    /// <summary>Whether no send was reported yet. From any thread.</summary>
    public bool IsSilent => Volatile.Read(ref _reported) == 0;

    /// <summary>How many sends were acknowledged. From any thread.</summary>
    public int Delivered => Volatile.Read(ref _delivered);

    /// <summary>Whether a send has failed.</summary>
    public bool HasErrors => _errors.Count > 0;

    /// <summary>The most frequent error, or none.</summary>
    public ErrorCode? MostFrequentError => HasErrors ? _errors.MaxBy(error => error.Value).Key : null;

    /// <summary>A send was started.</summary>
    public void Started() => _started++;

    /// <summary>A shoe could not even be sent.</summary>
    public void Refused(ErrorCode code) => _errors[code] = _errors.GetValueOrDefault(code) + 1;

    /// <summary>A send has ended.</summary>
    public void Reported(SendReport report)
    {
        if (report.Error == ErrorCode.NoError)
            Count(report);
        else
            Refused(report.Error);
        Volatile.Write(ref _reported, _reported + 1);
    }

    /// <summary>Puts the counts into a report.</summary>
    public TickReport Into(TickReport report) => report with
    {
        Attempted = _started,
        Delivered = _delivered,
        Bytes = _bytes,
        LatencyP50 = _latency.Quantile(0.5),
        LatencyP99 = _latency.Quantile(0.99),
        LatencyMax = _latency.Max,
        Latencies = _latency,
        Partitions = [.. _partitions.Where(partition => partition.Count > 0)],
    };

    private void Count(in SendReport report)
    {
        Volatile.Write(ref _delivered, _delivered + 1);
        _bytes += report.Bytes;
        _latency.Record(report.Latency);
        var (partition, offset) = (report.Partition, report.Offset);
        if (partition >= _partitions.Length)
            Array.Resize(ref _partitions, partition + 1);
        var seen = _partitions[partition];
        _partitions[partition] = seen.Count == 0
            ? new(partition, offset, offset, 1)
            : new(partition, Math.Min(seen.First, offset), Math.Max(seen.Last, offset), seen.Count + 1);
    }
}
