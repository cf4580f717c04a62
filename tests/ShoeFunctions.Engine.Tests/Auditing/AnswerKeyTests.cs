using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

public sealed class AnswerKeyTests
{
    private static readonly Tick First = Records.SomeTick;
    private static readonly TickRange Minute = new(First, new Tick(First.UnixSeconds + 60));

    [Fact]
    public void Each_fault_of_each_shoe_has_its_line_with_just_what_was_done()
    {
        var options = Options("late=5,repeated=5,corrupt=5,missing=5,outlier=5,reordered=5");
        var (plan, generator) = (options.PlanFaults(), new ShoeGenerator(0));
        var answers = new AnswerKey(options).Of(Minute).ToArray();
        Assert.Equal(answers.OrderBy(answer => answer.Id).ThenBy(answer => answer.Kind), answers);
        Assert.Equal(answers.Length, answers.Select(answer => (answer.Id, answer.Kind)).Distinct().Count());
        var byShoe = answers.ToLookup(answer => answer.Id);
        for (var tick = First; tick < Minute.End; tick = new Tick(tick.UnixSeconds + 10))
        {
            for (var index = 0; index < 1000; index++)
            {
                var faults = plan.Of(tick, index, 999);
                Assert.Equal(faults.Kinds, byShoe[tick.ShoeId(index)].Select(answer => answer.Kind));
                foreach (var answer in byShoe[tick.ShoeId(index)])
                {
                    Assert.Equal((tick.Time, index), (answer.Tick, answer.Index));
                    var (field, value) = faults.Outlier is { } outlier ? Outliers.Describe(generator.Shoe(tick, index), outlier) : (null!, null!);
                    Assert.Equal(answer.Kind switch
                    {
                        FaultKind.Late => Of(answer) with { LatenessMs = faults.LatenessMs },
                        FaultKind.Repeated => Of(answer) with { Places = faults.RepeatedAfter },
                        FaultKind.Reordered => Of(answer) with { Places = faults.ReorderedBy },
                        FaultKind.Outlier => Of(answer) with { Field = field, Value = value },
                        FaultKind.Missing => Of(answer),
                        _ => faults.Corruption!.Kind switch
                        {
                            CorruptionKind.Truncated => Of(answer) with { Bytes = CorruptionKind.Truncated, CutBytes = faults.Corruption.Number },
                            CorruptionKind.SchemaId => Of(answer) with { Bytes = CorruptionKind.SchemaId, SchemaId = faults.Corruption.Number },
                            CorruptionKind.MagicByte => Of(answer) with { Bytes = CorruptionKind.MagicByte, MagicByte = faults.Corruption.Number },
                            _ => Of(answer) with { Bytes = CorruptionKind.RandomBytes, Length = faults.Corruption.Number },
                        },
                    }, answer);
                }
            }
        }

        static FaultyShoe Of(FaultyShoe answer) => new() { Id = answer.Id, Tick = answer.Tick, Index = answer.Index, Kind = answer.Kind };
    }

    [Fact]
    public void The_last_shoe_of_a_chunk_is_never_reordered()
    {
        var answers = new AnswerKey(Options("reordered=100", ("FAN_OUT_ABOVE", "100"), ("FAN_OUT_CHUNK", "300"))).Of(new TickRange(First, new Tick(First.UnixSeconds + 1))).ToArray();
        Assert.Equal(Enumerable.Range(0, 1000).Except([299, 599, 899, 999]), answers.Select(answer => answer.Index));
        Assert.All(answers, answer => Assert.InRange(answer.Index + answer.Places!.Value, answer.Index + 1, Math.Min(answer.Index / 300 * 300 + 299, 999)));
    }

    [Fact]
    public void Without_faults_there_are_none() => Assert.Empty(new AnswerKey(Options("")).Of(Minute));

    [Fact]
    public void A_score_tells_found_from_flagged_by_kind()
    {
        var key = new AnswerKey(Options("late=2,repeated=1,missing=1"));
        var answers = key.Of(Minute).ToArray();
        var (late, repeated, missing) = (Ids(FaultKind.Late), Ids(FaultKind.Repeated), Ids(FaultKind.Missing));
        var faulty = answers.Select(answer => answer.Id).ToHashSet();
        var sound = Enumerable.Range(0, 1000).Select(First.ShoeId).Where(id => !faulty.Contains(id)).Take(10).ToArray();

        // All late ones but two, as late and one of them twice; repeated ones without a kind; ten that are sound, one of no shoe and one of another tick.
        AnswerScore.Flag[] flags =
        [
            .. late[2..].Append(late[5]).Select(id => new AnswerScore.Flag(id, FaultKind.Late)), .. repeated.Concat(sound).Select(id => new AnswerScore.Flag(id, null)),
            new(First.ShoeId(5000), null), new(Minute.End.ShoeId(0), null),
        ];
        var score = AnswerScore.Of(key, Minute, flags);
        var alone = repeated.Length + sound.Length + 1;
        Assert.Equal((flags.Select(flag => flag.Id).Distinct().Count() - 1, 1, 1), (score.Flagged, score.Outside, score.Unknown));
        Assert.Equal(["late", "repeated", "missing"], score.Kinds.Select(kind => kind.Kind));
        var lateFlagged = late[2..].Concat(repeated).Distinct().Count() + sound.Length + 1;
        var lateFound = late[2..].Concat(repeated.Intersect(late)).Distinct().Count();
        Assert.Equal(new AnswerScore.KindScore("late", late.Length, lateFlagged, lateFound), score.Kinds[0]);
        Assert.Equal(((double)lateFound / lateFlagged, (double)lateFound / late.Length), (score.Kinds[0].Precision, score.Kinds[0].Recall));
        Assert.Equal(new AnswerScore.KindScore("repeated", repeated.Length, alone, repeated.Length), score.Kinds[1]);
        Assert.Equal(1, score.Kinds[1].Recall);
        Assert.Equal(new AnswerScore.KindScore("missing", missing.Length, alone, repeated.Intersect(missing).Count()), score.Kinds[2]);
        Assert.Equal(new AnswerScore.KindScore("all", faulty.Count, score.Flagged, score.Flagged - sound.Length - 1), score.All);

        long[] Ids(FaultKind kind) => [.. answers.Where(answer => answer.Kind == kind).Select(answer => answer.Id)];
    }

    [Fact]
    public void Where_nothing_is_faulty_or_flagged_a_score_has_no_number()
    {
        var none = AnswerScore.Of(new AnswerKey(Options("")), Minute, []);
        Assert.Equal((null, null, 0), (none.All.Precision, none.All.Recall, none.Kinds.Length));
        var wrong = Assert.Single(AnswerScore.Of(new AnswerKey(Options("")), Minute, [new(First.ShoeId(0), FaultKind.Late)]).Kinds);
        Assert.Equal(("late", 0.0, null), (wrong.Kind, wrong.Precision, wrong.Recall));
    }

    private static TickOptions Options(string faults, params (string, string)[] settings)
    {
        using var engine = new TestEngine([("FAULTS", faults), ("BATCH_SIZE", "1000"), .. settings]);
        return engine.Options;
    }
}
