using Confluent.Kafka;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>
/// Makes a chunk's shoes, sends them and takes the reports in between, all on one thread: with reports on another one the two
/// get in each other's way in the C library, which costs several times as much.
/// </summary>
internal sealed class SendLoop(
    ShoeGenerator generator, IShoeSerializer serializer, FaultPlan faults, Chunk chunk, ShoeRecord records, DeliveryTally tally, TimeProvider time)
{
    /// <summary>So many sends, and then the reports that are there: with twenty times as many it is slower again.</summary>
    private const int SendsBetweenReports = 1000;

    /// <summary>How long to wait for reports before it is looked again whether to stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private int _sent;

    /// <summary>Sends all, and returns when each has its report.</summary>
    /// <param name="batch">Sends them.</param>
    /// <param name="stop">Ends it at once.</param>
    /// <param name="flush">Where this one is what ended it, what is under way has <see cref="RunLimit.FlushTimeout"/> left to be acknowledged.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="Failures.FailureException">A shoe could not be framed.</exception>
    public void Run(ISendBatch batch, CancellationToken stop, CancellationToken flush)
    {
        try
        {
            SendAll(batch, stop);
            while (tally.InFlight > 0)
                Wait(batch, stop);
        }
        catch (OperationCanceledException) when (flush.IsCancellationRequested)
        {
            var told = time.GetTimestamp();
            while (tally.InFlight > 0 && time.GetElapsedTime(told) < RunLimit.FlushTimeout)
                batch.Take(Patience);
            throw;
        }
    }

    private void SendAll(ISendBatch batch, CancellationToken stop)
    {
        // A tick with a failed shoe is produced again as a whole: nothing is won by going on.
        if (faults.IsEmpty)
        {
            for (var index = chunk.First; index < chunk.First + chunk.Count && !tally.HasErrors; index++)
            {
                var shoe = generator.Shoe(chunk.Tick, index);
                Send(batch, records.Of(shoe, Frame(shoe)), stop);
            }
        }
        else
        {
            foreach (var (index, with) in faults.SendsOf(chunk).TakeWhile(_ => !tally.HasErrors))
            {
                var shoe = generator.Shoe(chunk.Tick, index);
                Send(batch, with.IsNone ? records.Of(shoe, Frame(shoe)) : records.Of(shoe, Frame(shoe), with), stop);
            }
        }
    }

    private byte[] Frame(in GeneratedShoe shoe)
    {
        var serialized = serializer.SerializeAsync(shoe);
        return serialized.IsCompletedSuccessfully ? serialized.Result : serialized.AsTask().GetAwaiter().GetResult();
    }

    private void Send(ISendBatch batch, OutgoingRecord record, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (++_sent % SendsBetweenReports == 0)
            batch.Take(TimeSpan.Zero);
        ErrorCode refused;
        while ((refused = batch.Send(record)) == ErrorCode.Local_QueueFull)
            Wait(batch, stop);
        if (refused == ErrorCode.NoError)
            tally.Started();
        else
            tally.Refused(refused);
    }

    private static void Wait(ISendBatch batch, CancellationToken stop)
    {
        batch.Take(Patience);
        stop.ThrowIfCancellationRequested();
    }
}
