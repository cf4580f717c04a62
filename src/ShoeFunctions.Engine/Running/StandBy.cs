using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Running;

/// <summary>Asks the brokers for the number that was committed last, beside whatever transaction is open.</summary>
/// <exception cref="FailureException">They did not answer well.</exception>
public delegate Task<long?> AskCommittedNumber(CancellationToken cancellation);

/// <summary>
/// An instance that another one has fenced off leaves production to that, for as long as it commits ticks: otherwise the two would fence each other off
/// with every tick. Where it commits none for a while, it is gone, and this one takes over.
/// </summary>
public sealed partial class StandBy(TickOptions options, KafkaOptions kafka, AskCommittedNumber ask, TimeProvider time, ILogger<StandBy> logger)
{
    private (long? Number, long SeenAt)? _other;

    /// <summary>This instance was fenced off.</summary>
    public void Fenced()
    {
        if (_other is null)
            Log.Fenced(logger, kafka.Transactions!.Id);
        _other = (null, time.GetTimestamp());
    }

    /// <summary>Whether another instance is at it.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken cancellation)
    {
        if (_other is not { } other)
            return false;

        try
        {
            if (await ask(cancellation) is { } number && number != other.Number)
                _other = other = (number, other.Number is null ? other.SeenAt : time.GetTimestamp());
        }
        catch (FailureException)
        {
            // Brokers that do not answer this instance may answer the other one.
        }

        if (time.GetElapsedTime(other.SeenAt) < Patience)
            return true;

        _other = null;
        Log.TakesOver(logger, Patience.TotalSeconds);
        return false;
    }

    /// <summary>Longer than from one tick to the next, and than one that fails.</summary>
    private TimeSpan Patience
    {
        get
        {
            var step = options.Schedule.Next(time.GetUtcNow()) is { } next ? options.Schedule.StepAfter(next) : TimeSpan.Zero;
            return 2 * (step > kafka.Timeout ? step : kafka.Timeout);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(116, LogLevel.Error, "another instance produces with the transactional id {Id} since, and is the one in the right: this one stops. Let one alone run, or give the other another topic")]
        public static partial void Fenced(ILogger logger, string id);

        [LoggerMessage(117, LogLevel.Warning, "the other instance has committed no tick for {Seconds:0} s: this one goes on")]
        public static partial void TakesOver(ILogger logger, double seconds);
    }
}
