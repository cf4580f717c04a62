using BenchmarkDotNet.Attributes;
using Confluent.Kafka;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks;

public partial class ShoeBenchmarks
{
    private static readonly FaultPlan Sound = new(0, FaultOptions.None);

    /// <summary>One in twenty shoes has a fault, of all kinds alike, and one kind in twenty shoes alone.</summary>
    private static readonly FaultPlan Faulty = new(0, FaultOptions.None with { Percent = FaultOptions.None.Percent.AddRange(FaultKinds.All.Select(kind => KeyValuePair.Create(kind, 5m / 6))) });
    private static readonly FaultPlan Late = new(0, FaultOptions.None with { Percent = FaultOptions.None.Percent.Add(FaultKind.Late, 5) });

    /// <summary>A chunk's loop up to the client, which takes each record and forgets it.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public int Send() => Send(Sound);

    /// <summary>The same with faults.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public int SendFaulty() => Send(Faulty);

    /// <summary>The same with late shoes alone.</summary>
    [Benchmark(OperationsPerInvoke = Shoes)]
    public int SendLate() => Send(Late);

    private int Send(FaultPlan faults)
    {
        var chunk = new Chunk(SomeTick, 0, Shoes);
        var batch = new Nowhere();
        var tally = new DeliveryTally();
        batch.Reported = tally.Reported;
        new SendLoop(_generator, _serializer, faults, chunk, new ShoeRecord(SomeTick, MessageKey.None, null), tally, TimeProvider.System).Run(batch, CancellationToken.None, CancellationToken.None);
        return tally.Delivered;
    }

    private sealed class Nowhere : ISendBatch
    {
        private int _sent;

        public Action<SendReport> Reported { get; set; } = _ => { };

        public ErrorCode Send(OutgoingRecord record)
        {
            _sent++;
            return ErrorCode.NoError;
        }

        public void Take(TimeSpan patience)
        {
            for (; _sent > 0; _sent--)
                Reported(new SendReport(ErrorCode.NoError, 0, _sent, 60, TimeSpan.FromMilliseconds(5)));
        }
    }
}
