using System.Numerics;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Ticks;

public sealed class LoadCurveTests
{
    private const int Day = 24 * 3600;

    private static readonly Tick Friday = At("2026-11-27T00:00:00Z");

    /// <summary>As in the README, and a spike on Friday morning.</summary>
    private static readonly LoadCurve Example = new(
        [new(0, 200_000), new(8 * 3600, 1_000_000), new(20 * 3600, 3_000_000)],
        [new(DayOfWeek.Saturday, 1_500_000), new(DayOfWeek.Sunday, 500_000)],
        [new(At("2026-11-27T08:00:00Z"), At("2026-11-27T09:00:00Z"), 5_000_000)]);

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, 30).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_curve_of_one_asks_for_what_there_is_without_a_curve(ulong seed)
    {
        var chance = new RandomLoad(seed);
        var (expression, rate, from) = (chance.Schedule, chance.Rate(null), chance.Moment());
        var (plain, loaded) = (Schedule(expression, rate), Schedule(expression, rate with { Load = LoadCurve.Constant }));
        Assert.Equal(plain.BatchesBetween(from, new Tick(from.UnixSeconds + (400 * Day))).Take(500), loaded.BatchesBetween(from, new Tick(from.UnixSeconds + (400 * Day))).Take(500));
    }

    /// <summary>A tick's shoes are the rate's integral from it to the next one, and so are any number of ticks', each right to one shoe.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Over_any_stretch_the_shoes_are_the_integral_of_the_rate_to_one_shoe(ulong seed)
    {
        var chance = new RandomLoad(seed);
        var from = chance.Moment();
        var load = chance.Load(from);
        var schedule = Schedule(chance.Schedule, chance.Rate(load));
        var ticks = schedule.BatchesBetween(from, new Tick(long.MaxValue >> 24)).Take(2 + chance.Below(6)).ToArray();
        var (asked, sum) = (0L, (Over: BigInteger.Zero, Under: BigInteger.One));
        foreach (var (tick, shoes) in ticks.TakeWhile(each => schedule.Next(each.Tick)!.Value.UnixSeconds - from.UnixSeconds < 3 * Day))
        {
            var next = schedule.Next(tick)!.Value;
            var integral = LoadReference.Integral(load, tick, next);
            var due = schedule.Rate switch
            {
                ShoeRate.Interval { Nanoseconds: var interval } => (integral.Over * 1_000_000_000, integral.Under * interval),
                ShoeRate.Batch { Shoes: var batch } => (integral.Over * batch, integral.Under * (next.UnixSeconds - tick.UnixSeconds)),
                _ => default,
            };
            AssertToOneShoe(due, shoes);
            (asked, sum) = (asked + shoes, LoadReference.Sum(sum, due));
            AssertToOneShoe(sum, asked);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void However_a_stretch_is_cut_into_ticks_the_sum_is_the_same(ulong seed)
    {
        var chance = new RandomLoad(seed);
        var moment = chance.Moment();
        var from = new Tick(moment.UnixSeconds - (moment.UnixSeconds % Day));
        var rate = new ShoeRate.Interval(1 + chance.Below(1_000_000_000)) { Load = chance.Load(from) };
        var to = new Tick(from.UnixSeconds + Day);
        var sums = new[] { "0 0 0 * * *", "0 0 */7 * * *", "0 * * * * *", "*/7 */13 * * * *" }.Select(expression =>
            Schedule(expression, rate).BatchesBetween(new Tick(from.UnixSeconds - 1), new Tick(to.UnixSeconds - 1)).Sum(batch => batch.Shoes)).ToArray();
        Assert.All(sums, sum => Assert.Equal(sums[0], sum));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_ticks_number_depends_on_which_was_asked_for_before(ulong seed)
    {
        var chance = new RandomLoad(seed);
        var from = chance.Moment();
        var (expression, rate) = (chance.Schedule, chance.Rate(chance.Load(from)));
        var inOrder = Schedule(expression, rate).BatchesBetween(from, new Tick(long.MaxValue >> 24)).Take(200).ToArray();
        var shuffled = inOrder.OrderBy(_ => chance.Below(1000)).ToArray();
        var asked = Schedule(expression, rate);
        Assert.All(shuffled, batch => Assert.Equal(batch.Shoes, asked.ShoesIn(batch.Tick)));

        var together = Schedule(expression, rate);
        Parallel.ForEach(shuffled, batch => Assert.Equal(batch.Shoes, together.ShoesIn(batch.Tick)));

        var (first, last) = (inOrder[chance.Below(100)].Tick, inOrder[100 + chance.Below(100)].Tick);
        Assert.Equal(inOrder.Where(batch => batch.Tick >= first && batch.Tick < last).Sum(batch => batch.Shoes), together.ShoesBetween(first, last));
        Assert.Equal(inOrder.Where(batch => batch.Tick > first && batch.Tick <= last).Sum(batch => batch.Shoes), together.ShoesBetween(new Tick(first.UnixSeconds + 1), new Tick(last.UnixSeconds + 1)));
    }

    /// <summary>A day's shoes are known by hand: with this curve its mean factor is 35.2/24, and a shoe a second without one.</summary>
    [Fact]
    public void Over_ten_years_with_their_leap_days_nothing_drifts()
    {
        var load = new LoadCurve(Example.Points, [new(DayOfWeek.Saturday, 1_500_000), new(DayOfWeek.Sunday, 500_000)], []);
        var (from, to) = (At("2024-01-01T00:00:00Z"), At("2034-01-01T00:00:00Z"));
        var days = Enumerable.Range(0, (int)((to.UnixSeconds - from.UnixSeconds) / Day)).Select(day => from.Time.AddDays(day).DayOfWeek).ToArray();
        Assert.Equal((365 * 10) + 3, days.Length);
        var due = days.Sum(day => 35.2m * 3600 * (day switch { DayOfWeek.Saturday => 1.5m, DayOfWeek.Sunday => 0.5m, _ => 1 }));

        foreach (var interval in new[] { 1_000_000_000, 1_000_000, 999_999_937 })
        {
            var asked = Schedule("0 0 * * * *", new ShoeRate.Interval(interval) { Load = load }).BatchesBetween(new Tick(from.UnixSeconds - 1), new Tick(to.UnixSeconds - 1)).Sum(batch => batch.Shoes);
            Assert.InRange(asked - (due * 1_000_000_000 / interval), -1, 1);
        }

        // By the tick: 24 of 7 shoes a day.
        var ticks = Schedule("0 0 * * * *", new ShoeRate.Batch(7) { Load = load }).BatchesBetween(new Tick(from.UnixSeconds - 1), new Tick(to.UnixSeconds - 1)).Sum(batch => batch.Shoes);
        Assert.InRange(ticks - (due / 3600 * 7), -1, 1);
    }

    [Fact]
    public void The_29th_of_February_is_the_weekday_that_it_is()
    {
        var load = new LoadCurve([], [new(DayOfWeek.Tuesday, 0)], []);
        var schedule = Schedule("0 0 * * * *", new ShoeRate.Batch(10) { Load = load });
        Assert.Equal(0, schedule.ShoesBetween(At("2028-02-29T00:00:00Z"), At("2028-03-01T00:00:00Z")));
        Assert.Equal((240, 240), (schedule.ShoesBetween(At("2028-02-28T00:00:00Z"), At("2028-02-29T00:00:00Z")), schedule.ShoesBetween(At("2028-03-01T00:00:00Z"), At("2028-03-02T00:00:00Z"))));
        Assert.Equal(240, schedule.ShoesBetween(At("2027-03-01T00:00:00Z"), At("2027-03-02T00:00:00Z")));
    }

    /// <summary>Going on in order adds day to day; a day that is asked for alone is worked out from what all are like.</summary>
    [Theory]
    [InlineData("30 0 6,18 * * *")]
    [InlineData("30 0 6,18 * * 1-5")]
    public void From_1970_on_it_is_the_same_whether_days_are_added_up_or_asked_for_alone(string expression)
    {
        var rate = new ShoeRate.Batch(997) { Load = Example };
        foreach (var from in new[] { "1970-01-01T00:00:00Z", "2026-11-20T00:00:00Z", "2240-01-01T00:00:00Z" }.Select(At))
            foreach (var (tick, shoes) in Schedule(expression, rate).BatchesBetween(from, new Tick(from.UnixSeconds + (140 * Day))).Where((_, place) => place % 9 == 0))
                Assert.Equal((tick, shoes), (tick, Schedule(expression, rate).ShoesIn(tick)));
        Assert.Equal(0, Schedule(expression, rate).ShoesBetween(At("1960-01-01T00:00:00Z"), At("1970-01-01T06:00:30Z")));
    }

    [Fact]
    public void Where_the_factor_is_nought_there_are_no_shoes()
    {
        var night = new LoadCurve([new(0, 0), new(6 * 3600, 0), new(6 * 3600 + 60, 1_000_000), new(23 * 3600, 1_000_000)], [], [new(At("2026-11-27T12:00:00Z"), At("2026-11-27T13:00:00Z"), 0)]);
        var schedule = Schedule("* * * * * *", new ShoeRate.Interval(1_000_000) { Load = night });
        Assert.All(schedule.BatchesBetween(Friday, At("2026-11-27T05:59:59Z")), batch => Assert.Equal(0, batch.Shoes));
        Assert.Equal(0, schedule.ShoesBetween(At("2026-11-27T12:00:00Z"), At("2026-11-27T13:00:00Z")));
        Assert.Equal((1000, 1000), (schedule.ShoesIn(At("2026-11-27T11:59:59Z")), schedule.ShoesIn(At("2026-11-27T13:00:00Z"))));

        var never = Schedule("0 0 0 * * *", new ShoeRate.Interval(1) { Load = new LoadCurve([new(0, 0)], [], []) });
        Assert.Equal((0, null), (never.ShoesBetween(Friday, new Tick(Friday.UnixSeconds + (100 * Day))), never.FindOverfull(Friday.Time)));
    }

    /// <summary>Worked out by hand: 0.2 at midnight and 1 at eight, so 0.3 at one; five times as many in the spike.</summary>
    [Theory]
    [InlineData("2026-11-27T00:00:00Z", 900)]
    [InlineData("2026-11-27T01:00:00Z", 1260)]
    [InlineData("2026-11-27T08:00:00Z", 19_500)]
    [InlineData("2026-11-27T09:00:00Z", 4500)]
    [InlineData("2026-11-28T19:00:00Z", 15_750)]
    [InlineData("2026-11-27T20:00:00Z", 9540)]
    public void An_hours_shoes_are_what_can_be_worked_out_by_hand(string hour, int shoes)
    {
        Assert.Equal(shoes, Schedule("0 0 * * * *", new ShoeRate.Interval(1_000_000_000) { Load = Example }).ShoesIn(At(hour)));
        Assert.Equal(shoes, Schedule("0 0 * * * *", new ShoeRate.Batch(3600) { Load = Example }).ShoesIn(At(hour)));
        Assert.Equal(shoes / 3600.0, Example.MeanBetween(At(hour), new Tick(At(hour).UnixSeconds + 3600)), 12);
    }

    [Fact]
    public void Its_pieces_are_straight_and_leave_nothing_out()
    {
        var pieces = Example.Pieces(At("2026-11-27T07:00:00Z"), At("2026-11-28T02:00:00Z")).ToArray();
        Assert.Equal(
            ["07:00 0.9 1", "08:00 5 5.833333", "09:00 1.166667 3", "20:00 3 0.2", "00:00 0.3 0.6"],
            pieces.Select(piece => FormattableString.Invariant($"{piece.From.Time:HH:mm} {piece.AtFrom:0.######} {piece.AtTo:0.######}")));
        Assert.Equal(pieces.Select(piece => piece.To).SkipLast(1), pieces.Select(piece => piece.From).Skip(1));
        Assert.Equal((At("2026-11-27T07:00:00Z"), At("2026-11-28T02:00:00Z")), (pieces[0].From, pieces[^1].To));
        var (lowest, highest) = Example.Extremes(At("2026-11-27T08:30:00Z"), At("2026-11-27T09:30:00Z"));
        Assert.Equal((1.1667, 5.8333), (Math.Round(lowest, 4), Math.Round(highest, 4)));
        Assert.Equal(3 * 1.5 * 5, Example.Highest);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Its_pieces_come_to_its_integral(ulong seed)
    {
        var chance = new RandomLoad(seed);
        var from = chance.Moment();
        var load = chance.Load(from);
        var to = new Tick(from.UnixSeconds + 1 + chance.Below(3 * Day));
        var area = load.Pieces(from, to).Sum(piece => (piece.AtFrom + piece.AtTo) / 2 * (piece.To.UnixSeconds - piece.From.UnixSeconds));
        Assert.Equal(area / (to.UnixSeconds - from.UnixSeconds), load.MeanBetween(from, to), 9);
        Assert.InRange(load.Extremes(from, to).Highest, 0, load.Highest + 1e-9);
    }

    /// <summary>Held against all ticks of twelve days: where there is one that holds too many, one is found, and none that does not.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_tick_that_would_hold_too_many_is_found(ulong seed)
    {
        var chance = new RandomLoad(seed);
        var from = chance.Moment();
        var load = chance.Load(from);
        var expression = new[] { "0 */5 * * * *", "0 0 * * * *", "0 0 */6 * * *", "0 30 3 * * *" }[chance.Below(4)];
        var rate = seed % 2 == 0 ? (ShoeRate)new ShoeRate.Batch(Tick.MaxShoes / (1 + chance.Below(5))) : new ShoeRate.Interval((1 + chance.Below(5)) * 3_600_000_000_000 / Tick.MaxShoes);
        var schedule = Schedule(expression, rate with { Load = load });
        var overfull = schedule.BatchesBetween(from, new Tick(from.UnixSeconds + (12 * Day))).Where(batch => batch.Shoes > Tick.MaxShoes).Select(batch => batch.Tick).ToArray();
        var found = schedule.FindOverfull(from.Time);
        Assert.Equal(overfull.Length > 0, found is not null);
        Assert.True(found is not { } tick || overfull.Contains(tick) || schedule.ShoesIn(tick) > Tick.MaxShoes);
    }

    [Fact]
    public void A_spike_that_is_a_year_away_is_found_too()
    {
        var load = new LoadCurve([], [], [new(At("2027-10-01T12:30:00Z"), At("2027-10-01T12:31:00Z"), 2_000_000)]);
        Assert.Equal(At("2027-10-01T12:30:00Z"), Schedule("*/10 * * * * *", new ShoeRate.Batch(Tick.MaxShoes / 2 + 1) { Load = load }).FindOverfull(Friday.Time));
        Assert.Null(Schedule("*/10 * * * * *", new ShoeRate.Batch(Tick.MaxShoes / 2) { Load = load }).FindOverfull(Friday.Time));
    }

    [Fact]
    public void What_no_number_holds_is_as_much_as_there_is()
    {
        var load = new LoadCurve([new(0, LoadCurve.Most)], [new(DayOfWeek.Friday, LoadCurve.Most)], [new(Friday, new Tick(Friday.UnixSeconds + Day), LoadCurve.Most)]);
        var schedule = Schedule("0 0 0 * * *", new ShoeRate.Interval(1) { Load = load });
        Assert.Equal((long.MaxValue, Friday), (schedule.ShoesIn(Friday), schedule.FindOverfull(Friday.Time.AddSeconds(-1))));
    }

    private static void AssertToOneShoe((BigInteger Over, BigInteger Under) due, long shoes) =>
        Assert.True(BigInteger.Abs((shoes * due.Under) - due.Over) < due.Under, $"{shoes} shoes where {(double)due.Over / (double)due.Under} are due");

    private static TickSchedule Schedule(string expression, ShoeRate rate)
    {
        Assert.True(TickSchedule.TryParse(expression, rate, out var schedule));
        return schedule;
    }

    private static Tick At(string time) => Tick.At(DateTimeOffset.Parse(time));
}
