using System.Text.Json.Nodes;
using CsCheck;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class ProgressTextTests
{
    private static readonly string Whole = ProgressText.Write(ProgressStates.Full());

    [Fact]
    public void Any_state_is_read_as_it_was_written() =>
        ProgressStates.Any.Sample(state => ProgressStates.AssertSame(state, ProgressText.Read(ProgressText.Write(state), "It")));

    [Fact]
    public void What_was_written_before_failures_were_kept_is_read_as_having_none()
    {
        var state = ProgressStates.Full(2);
        var text = JsonNode.Parse(ProgressText.Write(state))!.AsObject();
        Assert.True(text.Remove("lastFailure"));
        ProgressStates.AssertSame(state, ProgressText.Read(text.ToJsonString(), "It"));

        Assert.True(text.Remove("load"));
        ProgressStates.AssertSame(state with { Load = [] }, ProgressText.Read(text.ToJsonString(), "It"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("99999999999999999999,2026-11-23T14:00:00.0000000Z,Kafka,produce,Network,Local_Transport,True,Do.")]
    [InlineData("9223372036854775807,2026-11-23T14:00:00.0000000Z,Kafka,produce,99,Local_Transport,True,Do.")]
    [InlineData("1795442400,2026-11-23T14:00:00.0000000Z,Moon,produce,Network,Local_Transport,True,Do.")]
    [InlineData("1795442400,2026-11-23T14:00:00.0000000Z,Kafka,produce,Network,Local_Transport,True")]
    [InlineData("1795442400,2026-11-23T14:00:00.0000000Z,Kafka,produce,Bad,Local_Transport,True,Do.")]
    [InlineData("1795442400,noon,Kafka,produce,Network,Local_Transport,True,Do.")]
    [InlineData("1795442400,2026-11-23T14:00:00.0000000Z,Kafka,produce,Network,Local_Transport,perhaps,Do.")]
    public void A_failure_that_cannot_be_read_is_left_out(string failure)
    {
        var text = Whole.Replace("\"lastFailure\": null", $"\"lastFailure\": \"{failure}\"");
        Assert.NotEqual(Whole, text);
        ProgressStates.AssertSame(ProgressStates.Full(), ProgressText.Read(text, "It"));
    }

    [Theory]
    [InlineData("\"writers\": \"", "\"writers\": \";x,y;z,99999999999999999999;")]
    [InlineData("\"recent\": \"", "\"recent\": \"1,2,3;9223372036854775807,0,0,0,0,0,0,0;1,0,99999999999,0,0,0,0,0;1,0,0,99999999999,0,0,0,0;1,,1,1,1,1,1,1;")]
    [InlineData("\"load\": \"", "\"load\": \"1,2;1,2,3,4;x,1,1;1,,1;1,1,99999999999999999999;")]
    public void Runs_writers_and_steps_that_cannot_be_read_are_left_out(string from, string to)
    {
        Assert.Contains(from, Whole);
        ProgressStates.AssertSame(ProgressStates.Full(), ProgressText.Read(Whole.Replace(from, to), "It"));
    }

    [Fact]
    public void A_kind_that_the_first_programs_did_not_know_is_laid_down_as_one_that_they_do()
    {
        var clock = ProgressStates.Lost with { Kind = FailureKind.Clock };
        var state = ProgressStates.Full(1) with { LastFailure = new FailedRun(ProgressStates.First, ProgressStates.First.Time, clock) };
        Assert.Equal(clock with { Kind = FailureKind.Unknown }, ProgressText.Read(ProgressText.Write(state), "It").LastFailure!.Failure);
    }

    [Theory]
    [InlineData("first.json", 0, null)]
    [InlineData("with-last-failure.json", 0, "Local_AllBrokersDown")]
    [InlineData("with-given-up.json", 7, "Local_AllBrokersDown")]
    [InlineData("from-the-future.json", 7, null)]
    public void The_state_that_every_form_of_the_program_wrote_can_be_read(string form, long failed, string? code)
    {
        var state = ProgressText.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Progress", "Forms", form)), form);
        Assert.Equal(("2026-11-23T14:00:10Z", 2, 20, 30, 5, 1076), (state.HighWater.ToString(), state.Ticks, state.Delivered, state.FailedSends, state.SkippedTicks, state.Bytes));
        Assert.Equal((failed, code), (state.Failed, state.LastFailure?.Failure.Code));
        Assert.Equal([10, 10], state.Recent.Select(run => run.Delivered));
        Assert.Equal(new ProgressWriter("a0b1c2d3", 4), Assert.Single(state.Writers));
    }

    [Fact]
    public void A_full_state_is_far_from_the_longest_that_a_column_holds()
    {
        var stored = StoredProgress.Of(ProgressStates.Full());
        TestContext.Current.TestOutputHelper!.WriteLine($"runs {stored.Recent.Length} characters, all {Whole.Length}");
        Assert.InRange(stored.Recent.Length, 1, 8 * 1024);
        Assert.InRange(StoredProgress.Of(new ProgressState { Load = [.. Enumerable.Repeat(new LoadStep(new Tick(long.MinValue), long.MinValue, long.MinValue), ProgressState.KnownSteps)] }).Load!.Length, 1, 8 * 1024);

        var widest = new TickSummary(
            new Tick(253_402_300_799), DateTimeOffset.MinValue, int.MinValue, int.MinValue, -double.Epsilon, double.MinValue, -1.2345678901234567e-300, -Math.PI * 1e-200);
        Assert.InRange(StoredProgress.Of(new ProgressState { Recent = [.. Enumerable.Repeat(widest, ProgressState.RecentTicks)] }).Recent.Length, 1, 32 * 1024);
    }

    [Fact]
    public void Cut_short_anywhere_it_is_no_state()
    {
        for (var length = 0; length < Whole.Length; length++)
            AssertBroken(Whole[..length]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version": "1"}""")]
    [InlineData("""{"version": 1}""")]
    [InlineData("""{"version": 0}""")]
    public void What_is_no_state_is_told(string text) => AssertBroken(text);

    [Theory]
    [InlineData("\"delivered\": 120000", "\"delivered\": 1.5")]
    [InlineData("\"delivered\": 120000", "\"delivered\": null")]
    [InlineData("\"writers\": \"", "\"writers\": null, \"was\": \"")]
    [InlineData("\"ticks\": 120", "\"ticks\": 99999999999999999999")]
    public void What_was_changed_into_nonsense_is_told(string from, string to)
    {
        Assert.Contains(from, Whole);
        AssertBroken(Whole.Replace(from, to));
    }

    /// <summary>All after the mark is then begun again.</summary>
    [Theory]
    [InlineData("1795442400,4294967306,5")]
    [InlineData("1795442400,10,4294967301")]
    [InlineData("1795442400,0,5")]
    [InlineData("1795442400,10,0")]
    public void Where_one_open_tick_cannot_be_read_none_is_open(string numbers)
    {
        string With(string open) => Whole.Replace("\"open\": null", $"\"open\": \"{open}\"", StringComparison.Ordinal);
        const string End = ",0,0a,2026-11-23T14:00:00.0000000Z,,";
        Assert.Equal(2, ProgressText.Read(With($"1795442400,10,5{End};1795442401,10,5{End}"), "It").Open.Length);
        Assert.Empty(ProgressText.Read(With($"1795442400,10,5{End};{numbers}{End}"), "It").Open);
    }

    [Fact]
    public void A_newer_layout_is_told_apart()
    {
        var failure = Assert.Throws<FailureException>(() => ProgressText.Read("""{"version": 2, "ticks": "many"}""", "File x")).Failure;
        Assert.Equal((FailureSource.ProgressStore, FailureKind.Invalid, "newer-version", false), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));
        Assert.StartsWith("File x was written by a newer version", failure.Advice);
    }

    private static void AssertBroken(string text)
    {
        var failure = Assert.Throws<FailureException>(() => ProgressText.Read(text, "File x")).Failure;
        Assert.Equal((FailureSource.ProgressStore, FailureKind.Invalid, "broken", false), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));
        Assert.StartsWith("File x does not hold", failure.Advice);
    }
}
