using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

public sealed class TickReportTests
{
    private static readonly Failure Refused = new(FailureSource.Kafka, "produce", FailureKind.Authorization, "TopicAuthorizationFailed", false, "Grant it.");

    private static readonly TickReport SomeReport = new()
    {
        Tick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero)),
        StartedAt = default,
        Duration = default,
        Shoes = 10,
        Delivered = 4,
    };

    [Fact]
    public void A_tick_that_was_delivered_whole_throws_nothing() => (SomeReport with { Delivered = 10 }).ThrowUnlessDelivered();

    [Fact]
    public void A_failed_tick_throws_its_failure_and_says_how_much_was_delivered_and_what_to_do()
    {
        var unexpected = new InvalidOperationException();
        var thrown = Assert.Throws<FailureException>((SomeReport with { Failure = Refused, Unexpected = unexpected }).ThrowUnlessDelivered);
        Assert.Equal(Refused, thrown.Failure);
        Assert.Same(unexpected, thrown.InnerException);
        Assert.Equal("Tick 2026-11-23T14:00:00Z: 4 of 10 shoes delivered. Kafka produce, Authorization (TopicAuthorizationFailed): Grant it.", thrown.Message);
    }

    [Fact]
    public void What_to_do_about_it_is_said_once()
    {
        var thrown = Assert.Throws<FailureException>((SomeReport with { Failure = Refused, IsRepeated = true }).ThrowUnlessDelivered);
        Assert.EndsWith("Authorization (TopicAuthorizationFailed): as before", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tick_that_was_cut_short_is_cancelled_and_has_not_failed() =>
        Assert.Throws<OperationCanceledException>((SomeReport with { Failure = KafkaFailures.CutShort }).ThrowUnlessDelivered);
}
