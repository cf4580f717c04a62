using Azure;
using Azure.Data.Tables;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress.Stores;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class TableRetryTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(412, 31)]
    [InlineData(503, 2)]
    [InlineData(403, 1)]
    public async Task It_tries_again_as_often_as_it_makes_sense(int status, int attempts) => Assert.Equal(attempts, (await TryAsync(status, TimeSpan.Zero)).Attempts);

    /// <summary>At most so many times as long as the attempt took: 2, 4, 8, and 16 from then on.</summary>
    [Theory]
    [InlineData(0, 10, 10)]
    [InlineData(20, 40, 320)]
    [InlineData(50, 100, 800)]
    [InlineData(400, 800, 1000)]
    [InlineData(5000, 1000, 1000)]
    public async Task Pauses_are_longer_each_time_and_the_longer_the_slower_the_account_is_within_limits(int attemptMs, int firstMs, int longestMs)
    {
        var first = TimeSpan.Zero;
        var longest = TimeSpan.Zero;
        for (var round = 0; round < 20; round++)
        {
            var pauses = (await TryAsync(412, TimeSpan.FromMilliseconds(attemptMs))).Pauses;
            // One of less than a millisecond is none: then the first that is seen may be a later one.
            Assert.InRange(pauses.Count, 1, 30);
            Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromMilliseconds(longestMs)));
            longest = pauses.Max() > longest ? pauses.Max() : longest;
            if (pauses.Count < 30 && firstMs < longestMs)
                continue;
            Assert.InRange(pauses[0], TimeSpan.Zero, TimeSpan.FromMilliseconds(firstMs));
            first = pauses[0] > first ? pauses[0] : first;
        }

        // They are random, up to these.
        Assert.True(first > TimeSpan.FromMilliseconds(firstMs / 4.0), $"{first}");
        Assert.True(longest > TimeSpan.FromMilliseconds(longestMs / 4.0), $"{longest}");
    }

    [Fact]
    public async Task Faults_and_conflicts_are_counted_together()
    {
        var calls = 0;
        await RunAsync(() => new RequestFailedException(calls++ == 0 ? 503 : 412, ""), TimeSpan.FromMilliseconds(20));
        Assert.Equal(32, calls);
    }

    private static async Task<(int Attempts, List<TimeSpan> Pauses)> TryAsync(int status, TimeSpan attempt)
    {
        var attempts = 0;
        var pauses = await RunAsync(
            () =>
            {
                attempts++;
                return new RequestFailedException(status, "");
            },
            attempt);
        return (attempts, pauses);
    }

    /// <summary>Runs what throws at each attempt to its end.</summary>
    /// <returns>The pauses in between.</returns>
    private static async Task<List<TimeSpan>> RunAsync(Func<Exception> error, TimeSpan attempt)
    {
        var time = new TimeThatFlies();
        var retry = new TableRetry(new TableServiceClient(Azurite.ConnectionStringOf(new Uri("http://127.0.0.1:1"))).GetTableClient(TableProgressStore.TableName), time, Longest);
        await Assert.ThrowsAsync<FailureException>(() => retry.RunAsync<int>(
            "try",
            _ =>
            {
                time.Now += attempt;
                throw error();
            },
            CancellationToken.None));
        return time.Waited;
    }

    /// <summary>What is waited for is over at once, but for the limit of it all.</summary>
    private sealed class TimeThatFlies : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public List<TimeSpan> Waited { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < Longest)
            {
                Waited.Add(dueTime);
                callback(state);
            }

            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
