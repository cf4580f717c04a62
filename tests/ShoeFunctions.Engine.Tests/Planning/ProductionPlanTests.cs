using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Planning;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Planning;

public sealed class ProductionPlanTests
{
    private static readonly Tick From = Tick.At(TestEngine.Start);

    [Fact]
    public void The_coming_ticks_have_their_times_counts_and_ids()
    {
        var plan = Plan("*/10 * * * * *", new ShoeRate.Interval(3_000_000_000), count: 4);
        Assert.Equal(
            [
                "2026-11-23T14:00:10Z 3 1882657820508160 1882657820508162", "2026-11-23T14:00:20Z 3 1882657830993920 1882657830993922",
                "2026-11-23T14:00:30Z 4 1882657841479680 1882657841479683", "2026-11-23T14:00:40Z 3 1882657851965440 1882657851965442",
            ],
            plan.Ticks.Select(tick => $"{Tick.At(tick.Tick)} {tick.Shoes} {tick.FirstId} {tick.LastId}"));
        Assert.Equal((259_200, 864_000), (plan.Month.Runs, plan.Month.Shoes));
    }

    [Fact]
    public void The_first_second_belongs_to_it_and_the_last_one_does_not()
    {
        var plan = Plan("5 0 14 * * *", new ShoeRate.Batch(1), count: 1);
        Assert.Equal((TestEngine.Start, 30), (plan.Ticks[0].Tick, plan.Month.Runs));
        Assert.Equal((TestEngine.Start, TestEngine.Start.AddDays(30)), (plan.Month.From, plan.Month.To));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("id")]
    [InlineData("brand")]
    public async Task The_bytes_are_those_that_the_producer_sends(string key)
    {
        using var engine = new TestEngine(("PRODUCE_SCHEDULE", "0 0 * * * *"), ("BATCH_SIZE", "10"), ("SHOE_SEED", "42"), ("KAFKA_MESSAGE_KEY", key));
        foreach (var tick in engine.Options.Schedule.Between(new Tick(From.UnixSeconds - 1), new Tick(From.UnixSeconds - 1 + 30 * 24 * 3600)))
            Assert.True((await engine.Producer.ProduceAsync(tick, 10, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).IsDelivered);
        var values = engine.Sender.Messages.Sum(message => (long)message.Value.Length);
        var rest = engine.Sender.Messages.Sum(message => (message.Key?.Length ?? 0) + message.Headers.Sum(header => (long)header.Key.Length + header.Value.Length));

        var month = ProductionPlan.Of(engine.Options, new ShoeGenerator(42), Enum.Parse<MessageKey>(key, ignoreCase: true), From, 1).Month;
        Assert.Equal((720, 7200, 7200), (month.Runs, month.Shoes, month.SampledShoes));
        Assert.Equal((values, values + rest), (month.ValueBytes, month.RecordBytes));
        Assert.Equal((Math.Round(values / 7200.0, 1), Math.Round((values + rest) / 7200.0, 1)), (month.ValueBytesPerShoe, month.RecordBytesPerShoe));
    }

    [Fact]
    public void A_schedule_with_ticks_but_no_shoes_in_a_month_comes_to_no_bytes()
    {
        var plan = Plan("0 0 0 1 1 *", new ShoeRate.Batch(1000), count: 2);
        Assert.Equal(["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"], plan.Ticks.Select(tick => $"{Tick.At(tick.Tick)}"));
        Assert.Equal((0, 0, 0, 0), (plan.Month.Runs, plan.Month.Shoes, plan.Month.ValueBytes, plan.Month.RecordBytes));

        plan = Plan("* * * * * *", new ShoeRate.Interval(3_600_000_000_000), count: 1);
        Assert.Equal((0, null, null), (plan.Ticks[0].Shoes, plan.Ticks[0].FirstId, plan.Ticks[0].LastId));
        Assert.Equal(720, plan.Month.Shoes);
    }

    [Fact]
    public void It_ends_where_there_are_no_more_ids() =>
        Assert.Equal("2240-02-29T00:00:00Z", $"{Tick.At(Plan("0 0 0 29 2 *", new ShoeRate.Batch(1), count: 10_000).Ticks[^1].Tick)}");

    /// <summary>Ten ticks of a million shoes in 20 chunks, one a second; the tables' operations as <see cref="FanOutPlan"/> counts them.</summary>
    [Theory]
    [InlineData(50_000, null, 20, null)]
    [InlineData(50_000, 55_000L, 20, 19L)]
    [InlineData(1_000_000, 1_000_000L, 1, 1L)]
    [InlineData(1_000_000, 999_999L, 1, 2L)]
    public void Large_ticks_need_chunks_messages_and_instances(int chunkShoes, long? rate, long chunks, long? instances)
    {
        Assert.True(TickSchedule.TryParse("* * * * * *", new ShoeRate.Batch(1_000_000), out var schedule));
        var options = new TickOptions { Schedule = schedule, FanOutAbove = 999_999, ChunkShoes = chunkShoes };
        var plan = ProductionPlan.Of(options, new ShoeGenerator(0), MessageKey.None, From, 10, rate).FanOut!;
        const long Ticks = 30 * 24 * 3600;
        Assert.Equal((1_000_000, chunks, instances), (plan.Shoes, plan.Chunks, plan.Instances));
        Assert.Equal((Ticks * chunks, Ticks * chunks * 3, Ticks * (3 + (4 * chunks) + 3 + 2 + 1)), (plan.MonthChunks, plan.MonthQueueOperations, plan.MonthTableOperations));
    }

    [Fact]
    public void Without_large_ticks_nothing_is_said_unless_it_is_asked_for()
    {
        Assert.True(TickSchedule.TryParse("*/10 * * * * *", new ShoeRate.Batch(1000), out var schedule));
        Assert.Null(ProductionPlan.Of(new TickOptions { Schedule = schedule }, new ShoeGenerator(0), MessageKey.None, From, 1).FanOut);
        var plan = ProductionPlan.Of(new TickOptions { Schedule = schedule }, new ShoeGenerator(0), MessageKey.None, From, 1, ratePerInstance: 10).FanOut!;
        Assert.Equal((1, 10, 0, 0), (plan.Chunks, plan.Instances, plan.MonthChunks, plan.MonthTableOperations));
    }

    private static ProductionPlan Plan(string expression, ShoeRate rate, int count)
    {
        Assert.True(TickSchedule.TryParse(expression, rate, out var schedule));
        return ProductionPlan.Of(new TickOptions { Schedule = schedule }, new ShoeGenerator(0), MessageKey.None, From, count);
    }
}
