using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Statistics;

namespace ShoeFunctions.Engine.Tests.Statistics;

public sealed class SharedStatsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private readonly SlowStore _store = new();
    private readonly SharedStats _stats;

    public SharedStatsTests()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"), new("SCHEMA_REGISTRY_URL", "http://localhost:8081")]).Build();
        _stats = new SharedStats(new Stats(_store, Options.Create(ShoeSettings.Read(configuration, _time.GetUtcNow())), configuration, _time), _time);
    }

    [Fact]
    public async Task However_many_look_it_is_read_once_a_second()
    {
        var first = Enumerable.Range(0, 20).Select(_ => AskAsync()).ToArray();
        _store.Answer();
        Assert.Single((await Task.WhenAll(first)).Distinct());
        _time.Advance(SharedStats.Lifetime - TimeSpan.FromTicks(1));
        Assert.Same(await first[0], await AskAsync());
        Assert.Equal(1, _store.Reads);

        _time.Advance(TimeSpan.FromTicks(1));
        var second = AskAsync();
        _store.Answer();
        Assert.Equal(_time.GetUtcNow(), (await second).AsOf);
        Assert.Equal(2, _store.Reads);
    }

    [Fact]
    public async Task Who_asked_first_and_goes_away_takes_the_answer_from_nobody()
    {
        using var gone = new CancellationTokenSource();
        var (first, second) = (_stats.AnswerAsync(gone.Token), AskAsync());
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _store.Answer();
        await second;
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public async Task What_failed_is_asked_anew()
    {
        var failed = AskAsync();
        _store.Fail();
        await Assert.ThrowsAsync<FailureException>(() => failed);
        var next = AskAsync();
        _store.Answer();
        await next;
        Assert.Equal(2, _store.Reads);
    }

    private Task<StatsAnswer> AskAsync() => _stats.AnswerAsync(TestContext.Current.CancellationToken);

    /// <summary>One that answers when it is told to.</summary>
    private sealed class SlowStore : IProgressStore
    {
        private TaskCompletionSource<ProgressState> _reading = new();

        public int Reads { get; private set; }

        public void Answer() => _reading.SetResult(ProgressState.Empty);

        public void Fail() => _reading.SetException(new FailureException(new Failure(FailureSource.ProgressStore, "read progress", FailureKind.Network, "unreachable", true, "Wait.")));

        public Task<ProgressState> ReadAsync(CancellationToken cancellation)
        {
            Reads++;
            _reading = new TaskCompletionSource<ProgressState>();
            return _reading.Task;
        }

        public Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
