using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>A time that tells what it is asked for.</summary>
internal sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>How long each timer was to wait.</summary>
    public ConcurrentBag<TimeSpan> Timers { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Timers.Add(dueTime);
        return timer;
    }
}
