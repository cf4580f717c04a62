using Microsoft.Extensions.Time.Testing;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>A time that tells when it is asked for.</summary>
internal sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>Called before a timestamp is taken.</summary>
    public Action? OnTimestamp { get; set; }

    public override long GetTimestamp()
    {
        OnTimestamp?.Invoke();
        return base.GetTimestamp();
    }
}
