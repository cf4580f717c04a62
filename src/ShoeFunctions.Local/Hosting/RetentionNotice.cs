using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Hosting;

/// <summary>Says once that a run makes more shoes than embedded brokers keep: before it does where it has an end, else when it has.</summary>
internal sealed partial class RetentionNotice(TickTimer timer, ShoeSettings settings, KafkaProbe probe, TimeProvider time, ILogger<RetentionNotice> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>There are ids for ticks before this second.</summary>
    private static readonly Tick EndOfIds = new(1L << 33);

    /// <summary>So many ticks tell what a number of ticks comes to.</summary>
    private const int MostCounted = 100_000;

    /// <summary>Begins, and ends with the disposal.</summary>
    /// <param name="partitions">The topic's, where the brokers are in this process.</param>
    /// <param name="ticks">How many ticks the run has, or null for no end.</param>
    public IAsyncDisposable Begin(int? partitions, int? ticks)
    {
        var end = new CancellationTokenSource();
        return new Watch(end, Task.Run(() => WatchAsync(partitions, ticks is { } number ? ShoesIn(number) : null, end.Token), CancellationToken.None));
    }

    private async Task WatchAsync(int? partitions, long? expected, CancellationToken ended)
    {
        using var interval = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var shoes = expected ?? timer.Totals.Delivered;
                var notice = partitions is { } here
                    ? EmbeddedRetention.Here(settings, time.GetUtcNow(), here, shoes)
                    : await EmbeddedRetention.ThereAsync(probe, settings, time.GetUtcNow(), shoes, ended);
                if (notice is not null)
                {
                    Log.Exceeds(logger, notice);
                    return;
                }
            }
            catch (FailureException)
            {
                // Brokers that do not answer are the ticks' to name; they are asked again.
            }
        }
        while (await interval.WaitForNextTickAsync(ended));
    }

    private long ShoesIn(int ticks)
    {
        var counted = Math.Min(ticks, MostCounted);
        var shoes = settings.Ticks.Schedule.BatchesBetween(Tick.At(time.GetUtcNow()), EndOfIds).Take(counted).Sum(batch => batch.Shoes);
        return (long)((double)shoes / counted * ticks);
    }

    private sealed class Watch(CancellationTokenSource end, Task watching) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            try
            {
                await watching;
            }
            catch (OperationCanceledException)
            {
                // As it was told to.
            }

            end.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(703, LogLevel.Warning, "{Notice}")]
        public static partial void Exceeds(ILogger logger, string notice);
    }
}
