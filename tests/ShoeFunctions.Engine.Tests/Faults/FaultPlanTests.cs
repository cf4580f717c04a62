using CsCheck;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Tests.Auditing;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Faults;

public sealed class FaultPlanTests
{
    private static readonly Tick SomeTick = Records.SomeTick;

    [Fact]
    public void Which_shoe_has_which_fault_never_changes()
    {
        var plan = Plan(7, "late=2,repeated=2,corrupt=2,missing=2,outlier=2,reordered=2");
        var found = Enumerable.Range(0, 120).Select(index => (index, Faults: plan.Of(SomeTick, index, 119))).Where(shoe => !shoe.Faults.IsNone)
            .Select(shoe => $"{shoe.index} {shoe.Faults.Label} {shoe.Faults.LatenessMs} {shoe.Faults.RepeatedAfter} {shoe.Faults.Corruption?.Kind} {shoe.Faults.Corruption?.Number} {shoe.Faults.Outlier} {shoe.Faults.ReorderedBy}");
        Assert.Equal(Golden, found);
    }

    [Fact]
    public void A_kind_is_drawn_as_it_is_written_down_for_everybody()
    {
        var plan = Plan(-3, "late=10", TimeSpan.FromMilliseconds(1000));
        var name = "late".Aggregate(0UL, (mixed, letter) => Mixed(mixed ^ letter));
        for (var index = 0; index < 1000; index++)
        {
            var state = Mixed(Mixed(unchecked((ulong)-3L + 0x9E3779B97F4A7C15)) ^ (ulong)((SomeTick.UnixSeconds << 20) | (uint)index) ^ name);
            var (first, second) = (Mixed(unchecked(state + 0x9E3779B97F4A7C15)), Mixed(unchecked(state + 2 * 0x9E3779B97F4A7C15)));
            var lateness = first < (UInt128)1_844_674_407_370_955_161 ? 1 + (long)((UInt128)second * 1000 >> 64) : 0;
            Assert.Equal(lateness, plan.Of(SomeTick, index, 999).LatenessMs);
        }

        static ulong Mixed(ulong z)
        {
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            return z ^ (z >> 31);
        }
    }

    [Theory]
    [InlineData("late", 0.5)]
    [InlineData("repeated", 3)]
    [InlineData("corrupt", 12.5)]
    [InlineData("missing", 0.01)]
    [InlineData("outlier", 50)]
    [InlineData("reordered", 99)]
    [InlineData("late", 100)]
    [InlineData("missing", 100)]
    public void As_many_shoes_have_it_as_the_rate_says(string kind, double percent)
    {
        const int Shoes = 200_000;
        var plan = Plan(1, FormattableString.Invariant($"{kind}={percent}"));
        var found = Enumerable.Range(0, Shoes).Count(index => plan.Of(SomeTick, index, Tick.MaxShoes - 1).Kinds.Any(each => each.Name() == kind));
        var (mean, deviation) = (Shoes * percent / 100, Math.Sqrt(Shoes * percent / 100 * (1 - percent / 100)));
        Assert.InRange(found, mean - 6 * deviation, mean + 6 * deviation);
    }

    [Fact]
    public void A_kind_that_is_added_moves_no_other_and_hides_only_what_cannot_be_seen() =>
        Gen.Select(Gen.Long, Gen.Int[0, 63], Gen.Int[0, 5]).Sample((seed, kinds, added) =>
        {
            var before = FaultKinds.All.Where(kind => (kinds >> (int)kind & 1) != 0 && (int)kind != added).ToArray();
            var (one, both) = (Plan(seed, Rates(before)), Plan(seed, Rates([.. before, (FaultKind)added])));
            for (var index = 0; index < 200; index++)
            {
                var (alone, together) = (one.Of(SomeTick, index, 5000), both.Of(SomeTick, index, 5000));
                var without = together;
                switch ((FaultKind)added)
                {
                    case FaultKind.Late: without = together with { LatenessMs = 0 }; break;
                    case FaultKind.Repeated: without = together with { RepeatedAfter = null }; break;
                    case FaultKind.Corrupt when together.Corruption is not null: (without, alone) = (together with { Corruption = null }, alone with { Outlier = null }); break;
                    case FaultKind.Missing when together.IsMissing: (without, alone) = (default, default); break;
                    case FaultKind.Outlier: without = together with { Outlier = null }; break;
                    case FaultKind.Reordered: without = together with { ReorderedBy = 0 }; break;
                }

                Assert.Equal(alone, without);
            }

            static string Rates(FaultKind[] kinds) => string.Join(',', kinds.Select(kind => $"{kind.Name()}=10"));
        }, iter: 200);

    [Fact]
    public void A_chunk_that_ends_moves_nothing_but_what_would_come_after_it()
    {
        var plan = Plan(5, "late=10,repeated=20,corrupt=10,missing=10,outlier=10,reordered=20");
        for (var index = 0; index < 3000; index++)
        {
            var (whole, cut) = (plan.Of(SomeTick, index, 1_000_000), plan.Of(SomeTick, index, index / 7 * 7 + 6));
            Assert.Equal(whole with { RepeatedAfter = cut.RepeatedAfter, ReorderedBy = cut.ReorderedBy }, cut);
            Assert.Equal(whole.RepeatedAfter is null, cut.RepeatedAfter is null);
            Assert.Equal(Math.Min(whole.ReorderedBy, index / 7 * 7 + 6 - index), cut.ReorderedBy);
        }
    }

    [Fact]
    public void Each_shoe_of_a_chunk_is_sent_as_often_and_as_much_later_as_its_faults_say() =>
        Gen.Select(Gen.Long, Gen.Int[0, 100], Gen.Int[0, 3000], Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 40]).Sample((seed, first, count, repeated, missing, reordered) =>
        {
            var (plan, chunk) = (Plan(seed, $"repeated={repeated},missing={missing},reordered={reordered}"), new Chunk(SomeTick, first, count));
            var last = first + count - 1;
            var sends = plan.SendsOf(chunk).ToArray();
            Assert.Equal(plan.RecordsOf(chunk), sends.Length);
            Assert.All(sends, send => Assert.Equal(plan.Of(SomeTick, send.Index, last), send.Faults));

            // A record's place: after how many shoes of the chunk it comes. Those that are in order count the places.
            var places = new Dictionary<int, List<int>>();
            var place = first - 1;
            foreach (var (index, faults) in sends)
            {
                if (faults.ReorderedBy == 0 && !places.ContainsKey(index))
                {
                    Assert.True(index > place);
                    place = index;
                }

                if (!places.TryGetValue(index, out var seen))
                    places[index] = seen = [];
                seen.Add(place);
            }

            for (var index = first; index <= last; index++)
            {
                var faults = plan.Of(SomeTick, index, last);
                var seen = places.GetValueOrDefault(index) ?? [];
                Assert.Equal(faults.Records, seen.Count);
                Assert.InRange(faults.ReorderedBy, 0, Math.Min(FaultPlan.MostPlaces, last - index));
                Assert.InRange(faults.RepeatedAfter ?? 0, 0, FaultPlan.MostPlaces);
                // Where shoes are left out or sent later, no one in order tells that their places have passed.
                if (missing == 0 && reordered == 0 && faults.RepeatedAfter is { } later)
                    Assert.Equal([index, index + later], seen);
                if (missing == 0 && repeated == 0 && faults.ReorderedBy > 0)
                    Assert.True(seen[0] <= index + faults.ReorderedBy);
            }
        }, iter: 300);

    [Fact]
    public void A_reordered_shoe_follows_the_one_at_its_new_place_and_a_repeated_one_its_first_record()
    {
        var (plan, chunk) = (Plan(3, "reordered=1,repeated=1"), new Chunk(SomeTick, 0, 20_000));
        var sends = plan.SendsOf(chunk).ToArray();
        var where = sends.Index().GroupBy(send => send.Item.Index, send => send.Index).ToDictionary(shoe => shoe.Key, shoe => shoe.Order().ToArray());
        var (moved, again) = (0, 0);
        foreach (var (index, places) in where)
        {
            var faults = sends[places[0]].Faults;
            if (faults.ReorderedBy > 0 && IsInOrder(index + faults.ReorderedBy) && IsInOrder(index + faults.ReorderedBy + 1))
            {
                Assert.InRange(places[0], where[index + faults.ReorderedBy][0] + 1, where[index + faults.ReorderedBy + 1][0] - 1);
                moved++;
            }

            if (faults.RepeatedAfter is { } later && IsInOrder(index) && IsInOrder(index + later) && IsInOrder(index + later + 1))
            {
                Assert.InRange(places[1], where[index + later][0] + 1, where[index + later + 1][0] - 1);
                again++;
            }
        }

        Assert.True(moved > 100 && again > 100, $"{moved} {again}");
        bool IsInOrder(int index) => where.TryGetValue(index, out var places) && sends[places[0]].Faults.ReorderedBy == 0;
    }

    [Fact]
    public void Without_rates_nothing_is_drawn_and_all_is_in_order()
    {
        var plan = new FaultPlan(0, FaultOptions.None);
        Assert.True(plan.IsEmpty);
        Assert.Equal(Enumerable.Range(3, 5).Select(index => (index, default(ShoeFaults))), plan.SendsOf(new Chunk(SomeTick, 3, 5)));
    }

    [Fact]
    public void Another_seed_has_other_faults()
    {
        var plan = Plan(0, "late=50");
        Assert.Same(plan, plan.For(0));
        Assert.NotEqual(Enumerable.Range(0, 100).Select(index => plan.Of(SomeTick, index, 99)), Enumerable.Range(0, 100).Select(index => plan.For(1).Of(SomeTick, index, 99)));
    }

    internal static FaultPlan Plan(long seed, string faults, TimeSpan? lateness = null)
    {
        var rates = FaultOptions.None.Percent;
        foreach (var part in faults.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(FaultKinds.TryParse(part.Split('=')[0], out var kind));
            rates = rates.Add(kind, decimal.Parse(part.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture));
        }

        return new FaultPlan(seed, new FaultOptions { Percent = rates, Lateness = lateness ?? TimeSpan.FromMinutes(15) });
    }

    /// <summary>Made by another program than this, from what is written down of it.</summary>
    private static readonly string[] Golden =
    [
        "3 corrupt 0  RandomBytes 44  0",
        "4 reordered 0     115",
        "5 repeated 0 114    0",
        "10 corrupt 0  RandomBytes 35  0",
        "24 corrupt 0  SchemaId 2000440282  0",
        "27 corrupt 0  SchemaId 2059662538  0",
        "48 reordered 0     71",
        "52 reordered 0     67",
        "55 reordered 0     64",
        "60 outlier 0    LongName 0",
        "66 corrupt 0  RandomBytes 38  0",
        "73 missing 0     0",
        "81 reordered 0     38",
        "91 missing 0     0",
        "97 reordered 0     22",
        "102 outlier 0    NegativePrice 0",
        "104 repeated 0 15    0",
        "108 repeated 0 1    0",
        "112 late 407811     0",
    ];
}
