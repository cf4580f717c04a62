using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Progress.Stores;
using static ShoeFunctions.Engine.Tests.Progress.Stores.FaultyProgressStore;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Health;

public sealed class ProgressStoreCheckTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_works_is_healthy() =>
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(new MemoryProgressStore())).Status);

    [Fact]
    public async Task A_store_that_was_never_reached_is_degraded() =>
        AssertDegraded(await CheckAsync(new FaultyProgressStore(new MemoryProgressStore()) { Now = Fault.Unreachable }));

    [Theory]
    [InlineData(Fault.Unreachable)]
    [InlineData(Fault.ReadOnly)]
    internal async Task A_store_that_cannot_be_written_is_degraded_until_it_can(Fault fault)
    {
        var faulty = new FaultyProgressStore(new MemoryProgressStore());
        using var store = new RememberingProgressStore(() => faulty, new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        await store.UpdateAsync(state => state.With(Report(0)), Stop);
        faulty.Now = fault;
        await store.UpdateAsync(state => state.With(Report(1)), Stop);
        AssertDegraded(await CheckAsync(store));
        faulty.Now = Fault.None;
        await store.UpdateAsync(state => state.With(Report(2)), Stop);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Status);
    }

    [Fact]
    public async Task What_does_not_pass_by_itself_is_degraded_too()
    {
        using var store = new RememberingProgressStore(
            () => throw new FailureException(ProgressFailures.Broken("It")), new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        var result = await CheckAsync(store);
        Assert.Equal((HealthStatus.Degraded, "broken"), (result.Status, ((Failure)result.Data["failure"]).Code));
    }

    [Fact]
    public async Task Wrong_settings_are_unhealthy()
    {
        using var store = new RememberingProgressStore(() => throw new SettingsException(["wrong"]), new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(store)).Status);
    }

    [Fact]
    public async Task Two_writers_are_degraded_for_as_long_as_the_last_runs_are_of_that_time()
    {
        var store = new MemoryProgressStore();
        await store.UpdateAsync(_ => Full(2) with { OtherWriter = new OtherWriter("shoes-other/a0b1c2d3", First.Time.AddSeconds(2)) }, Stop);
        var result = await CheckAsync(store);
        var failure = (Failure)result.Data["failure"];
        Assert.Equal((HealthStatus.Degraded, "two-writers", false), (result.Status, failure.Code, failure.Recoverable));
        Assert.StartsWith("shoes-other keeps its progress here as well (its process shoes-other/a0b1c2d3)", failure.Advice, StringComparison.Ordinal);

        await store.UpdateAsync(state => Enumerable.Range(3, ProgressState.RecentTicks).Aggregate(state, (later, tick) => later.With(Report(tick))), Stop);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Status);
    }

    private static Task<HealthCheckResult> CheckAsync(IProgressStore store) => new ProgressStoreCheck(store).CheckHealthAsync(new HealthCheckContext(), Stop);

    private static void AssertDegraded(HealthCheckResult result)
    {
        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Equal(Down, result.Data["failure"]);
    }
}
