using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>Produces whole ticks. Where there is no queue, the chunks of a large one are made here, one after the other.</summary>
public sealed class TickProducer(TickOptions options, ShoeProducer producer, TimeProvider time)
{
    /// <summary>Produces a tick; as with <see cref="ShoeProducer"/>, the report says what goes wrong.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="shoes">How many shoes it has.</param>
    /// <param name="deadline">How long it may take at most.</param>
    /// <param name="cancellation">Stops at once; what is under way has a few seconds left to be acknowledged.</param>
    public async Task<TickReport> ProduceAsync(Tick tick, int shoes, TimeSpan deadline, CancellationToken cancellation)
    {
        if (!options.IsSplit(shoes))
            return await producer.ProduceAsync(tick, shoes, deadline, cancellation);

        var (started, startedAt) = (time.GetTimestamp(), time.GetUtcNow());
        var parts = new List<TickReport>();
        foreach (var chunk in Chunk.Of(tick, shoes, options.ChunkShoes))
        {
            var left = deadline - time.GetElapsedTime(started);
            parts.Add(await producer.ProduceAsync(chunk, null, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation));
            if (!parts[^1].IsDelivered)
                break;
        }

        return TickReport.Of(tick, producer.RecordsOf(new Chunk(tick, 0, shoes)), startedAt, time.GetElapsedTime(started), parts);
    }
}
