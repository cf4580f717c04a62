using Confluent.Kafka;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>
/// Makes a chunk's shoes, sends them and takes the reports in between, all on one thread: with reports on another one the two
/// get in each other's way in the C library, which costs several times as much.
/// </summary>
internal sealed class SendLoop(
    ShoeGenerator generator, IShoeSerializer serializer, Chunk chunk, ShoeRecord records, DeliveryTally tally, TimeProvider time)
{
    /// <summary>So many sends, and then the reports that are there: with twenty times as many it is slower again.</summary>
    private const int SendsBetweenReports = 1000;

    /// <summary>How long to wait for reports before it is looked again whether to stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

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
        for (var sent = 0; sent < chunk.Count && !tally.HasErrors; sent++)
        {
            stop.ThrowIfCancellationRequested();
            if (sent % SendsBetweenReports == SendsBetweenReports - 1)
                batch.Take(TimeSpan.Zero);

            var shoe = generator.Shoe(chunk.Tick, chunk.First + sent);
            var serialized = serializer.SerializeAsync(shoe);
            var record = records.Of(shoe, serialized.IsCompletedSuccessfully ? serialized.Result : serialized.AsTask().GetAwaiter().GetResult());
            ErrorCode refused;
            while ((refused = batch.Send(record)) == ErrorCode.Local_QueueFull)
                Wait(batch, stop);
            if (refused == ErrorCode.NoError)
                tally.Started();
            else
                tally.Refused(refused);
        }
    }

    private static void Wait(ISendBatch batch, CancellationToken stop)
    {
        batch.Take(Patience);
        stop.ThrowIfCancellationRequested();
    }
}
