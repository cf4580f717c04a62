using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Faults;

public sealed class FaultOptionsTests
{
    [Theory]
    [InlineData("late=0.5%,repeated=0.2%", "late=0.5%,repeated=0.2%")]
    [InlineData(" Reordered = 1 , late=.25 %", "late=0.25%,reordered=1%")]
    [InlineData("late=0,missing=0.0%", "")]
    [InlineData("outlier=100", "outlier=100%")]
    [InlineData("late=20,repeated=20,corrupt=20,missing=20,outlier=10,reordered=10%", "late=20%,repeated=20%,corrupt=20%,missing=20%,outlier=10%,reordered=10%")]
    public void Percentages_may_have_decimals_and_a_sign(string text, string expected) => Assert.Equal(expected, $"{Read(("FAULTS", text))}");

    [Theory]
    [InlineData("stale=1%", "has 'stale', which is no kind of fault")]
    [InlineData("late", "has a part without '='")]
    [InlineData("late=1%,", "has a part without '='", "has '1%,' for late, which is no percentage from 0 to 100")]
    [InlineData("late=", "has no value for late")]
    [InlineData("late=1,late=2", "has late twice")]
    [InlineData("late=1,LATE=2", "has late twice")]
    [InlineData("late=-1", "has '-1' for late, which is no percentage from 0 to 100")]
    [InlineData("late=1e1", "has '1e1' for late, which is no percentage from 0 to 100")]
    [InlineData("late=1%%", "has '1%%' for late, which is no percentage from 0 to 100")]
    [InlineData("late=100.1%", "has '100.1%' for late, which is no percentage from 0 to 100")]
    [InlineData("late=99,corrupt=1.5", "adds up to 100.5 %, more than all shoes")]
    public void What_is_wrong_with_them_is_said(string text, params string[] why)
    {
        var fault = Assert.Single(Assert.Throws<SettingsException>(() => Read(("FAULTS", text))).Failures);
        Assert.Contains(why, reason => fault.StartsWith($"FAULTS: '{text}' {reason}; accepted is percentages", StringComparison.Ordinal));
    }

    [Fact]
    public void Lateness_and_labels_have_limits_and_defaults()
    {
        Assert.Equal((TimeSpan.FromMinutes(15), false), (Read().Lateness, Read().AreLabelled));
        Assert.Equal((TimeSpan.FromHours(1.5), true), Read(("FAULT_LATENESS", "1h30m"), ("FAULT_LABELS", "True")) is var set ? (set.Lateness, set.AreLabelled) : default);
        var faults = Assert.Throws<SettingsException>(() => Read(("FAULT_LATENESS", "721h"), ("FAULT_LABELS", "yes"), ("FAULTS", "x=1"))).Failures;
        Assert.Equal(["FAULTS: 'x=1'", "FAULT_LATENESS: '721h'", "FAULT_LABELS: 'yes'"], faults.Select(fault => fault[..(fault.IndexOf('\'', fault.IndexOf('\'', StringComparison.Ordinal) + 1) + 1)]));
    }

    [Fact]
    public void How_they_are_counted_is_said_where_it_matters()
    {
        Assert.Null(Read(("FAULTS", "late=0")).InWords);
        Assert.Equal("late=1%", Read(("FAULTS", "late=1")).InWords);
        Assert.Equal("missing=1%: a shoe that is left out is not asked for", Read(("FAULTS", "missing=1")).InWords);
        Assert.Equal("repeated=1%: one that is repeated counts twice", Read(("FAULTS", "repeated=1")).InWords);
        Assert.Equal("repeated=1%,missing=2%: a shoe that is left out is not asked for, and one that is repeated counts twice", Read(("FAULTS", "missing=2,repeated=1")).InWords);
    }

    private static FaultOptions Read(params (string, string)[] settings)
    {
        using var engine = new TestEngine(settings);
        return engine.Options.Faults;
    }
}
