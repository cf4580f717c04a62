namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>A clock that stands until it is set; timers and time stamps are real.</summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
