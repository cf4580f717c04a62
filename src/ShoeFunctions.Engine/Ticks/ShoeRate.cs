namespace ShoeFunctions.Engine.Ticks;

/// <summary>How many shoes a tick holds: a fixed number, or one shoe each so long.</summary>
public abstract record ShoeRate
{
    private ShoeRate() { }

    /// <summary>By how many times it is more or less at a time; null where it is the same at all times.</summary>
    public LoadCurve? Load { get; init; }

    /// <summary>The same number in every tick.</summary>
    public sealed record Batch(int Shoes) : ShoeRate
    {
        /// <inheritdoc/>
        public override long ShoesBetween(Tick tick, Tick following) => Shoes;
    }

    /// <summary>
    /// One shoe at every whole multiple of the interval since 1970. A tick holds those from its own time up to the
    /// next tick, so that over any number of ticks the rate is exact, however uneven the schedule.
    /// </summary>
    /// <param name="Nanoseconds">The interval.</param>
    public sealed record Interval(long Nanoseconds) : ShoeRate
    {
        /// <inheritdoc/>
        public override long ShoesBetween(Tick tick, Tick following) => MultiplesBefore(following) - MultiplesBefore(tick);

        private long MultiplesBefore(Tick tick) => (long)(((Int128)tick.UnixSeconds * 1_000_000_000 + Nanoseconds - 1) / Nanoseconds);
    }

    /// <summary>How many shoes the tick holds without a load, where the schedule's next tick is the given one.</summary>
    public abstract long ShoesBetween(Tick tick, Tick following);
}
