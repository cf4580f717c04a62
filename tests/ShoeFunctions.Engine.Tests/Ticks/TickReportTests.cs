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

    [Theory]
    [InlineData(10, 538, 19.94, 10.1, "10 shoes delivered  538 B  19.9 ms")]
    [InlineData(4, 1_234, 19.94, 10.1, "4 of 10 shoes delivered  6 failed  1.2 kB  19.9 ms")]
    [InlineData(0, 0, 30_000, 0, "0 of 10 shoes delivered  10 failed  30.0 s")]
    [InlineData(10, 999, 999.9, 10.1, "10 shoes delivered  999 B  999.9 ms")]
    [InlineData(10, 999_949, 999.96, 10.1, "10 shoes delivered  999.9 kB  1.0 s")]
    [InlineData(10, 999_950, 2_345, 1_234, "10 shoes delivered  1.0 MB  2.3 s")]
    [InlineData(10, 1_234_567_890, 2_345, 1_234, "10 shoes delivered  1.2 GB  2.3 s")]
    public void What_it_came_to_is_said_in_units_that_people_read_and_without_what_is_as_usual(int delivered, long bytes, double ms, double latency, string summary)
    {
        var report = SomeReport with
        {
            Delivered = delivered,
            Bytes = bytes,
            Duration = TimeSpan.FromMilliseconds(ms),
            LatencyP50 = TimeSpan.FromMilliseconds(latency),
            LatencyP99 = TimeSpan.FromMilliseconds(latency),
        };
        Assert.Equal(summary, report.Summary());
        Assert.Equal(summary.Replace("delivered", "delivered late", StringComparison.Ordinal), report.Summary(isCatchUp: true));
    }

    [Fact]
    public void One_shoe_is_one() => Assert.StartsWith("1 shoe delivered  ", (SomeReport with { Shoes = 1, Delivered = 1 }).Summary(), StringComparison.Ordinal);
}
