namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>A time in which pauses end, and no patience does: nothing takes long by it.</summary>
internal sealed class StandingTime : TimeProvider
{
    public override long GetTimestamp() => 0;
}
