using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Hosting;

namespace ShoeFunctions.Tests.Hosting;

public sealed class FailurePauseTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private readonly FailurePause _pause;
    private int _runs;

    public FailurePauseTests() => _pause = new FailurePause(_time);

    [Fact]
    public async Task After_a_run_that_failed_none_is_begun_for_as_long_as_that_one_took()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(TimeSpan.FromSeconds(30), new TimeoutException()));
        var held = await Assert.ThrowsAsync<HeldBackException>(() => RunAsync(TimeSpan.Zero));
        Assert.StartsWith("Nothing is run before 2026-11-23T14:01:00Z, ", held.Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(29));
        await Assert.ThrowsAsync<HeldBackException>(() => RunAsync(TimeSpan.Zero));
        Assert.Equal(1, _runs);
        _time.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(TimeSpan.Zero);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task An_outage_keeps_the_app_running_for_no_more_than_about_half_of_it()
    {
        // As the host does with a ten-second schedule: at once when overdue, else at the next tick.
        var running = TimeSpan.Zero;
        var end = _time.GetUtcNow() + TimeSpan.FromHours(1);
        while (_time.GetUtcNow() < end)
        {
            var began = _time.GetUtcNow();
            await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(TimeSpan.FromSeconds(30.5), new TimeoutException()));
            running += _time.GetUtcNow() - began;
            if (_time.GetUtcNow() - began < TimeSpan.FromSeconds(10))
                _time.Advance(TimeSpan.FromSeconds(10 - _time.GetUtcNow().TimeOfDay.TotalSeconds % 10));
        }

        Assert.InRange(running, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(31));
    }

    [Fact]
    public async Task Runs_that_pass_or_are_told_to_stop_hold_back_nothing()
    {
        await RunAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(TimeSpan.FromSeconds(30), new OperationCanceledException()));
        await RunAsync(TimeSpan.Zero);
        Assert.Equal(3, _runs);
    }

    private Task RunAsync(TimeSpan duration, Exception? failure = null) => _pause.RunAsync(() =>
    {
        _runs++;
        _time.Advance(duration);
        return failure is null ? Task.CompletedTask : Task.FromException(failure);
    });
}
