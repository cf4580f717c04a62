using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class ProgressBarTests : IDisposable
{
    private readonly StringWriter _terminal = new();
    private readonly FakeTimeProvider _time = new();
    private int _columns = 120;

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void It_writes_one_line_over_and_over_and_takes_it_away()
    {
        var bar = new ProgressBar(_terminal, _time, () => _columns, "record");
        _time.Advance(TimeSpan.FromSeconds(2));
        bar.Show(500_000, 1_000_000);
        bar.Clear();
        Assert.Equal($"\r[{new string('#', 20)}{new string('.', 20)}]  50%  500,000 of 1,000,000 records  250,000/s\e[K\r\e[K", _terminal.ToString());
    }

    [Fact]
    public void It_is_drawn_ten_times_a_second_at_most_and_always_at_the_end()
    {
        var bar = new ProgressBar(_terminal, _time, () => _columns, "record");
        for (var done = 0; done <= 100; done++)
        {
            bar.Show(done, 100);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(11, _terminal.ToString().Count(character => character == '\r'));
        Assert.Contains("] 100%  100 of 100 records", _terminal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_topic_is_read_at_once()
    {
        new ProgressBar(_terminal, _time, () => _columns, "record").Show(0, 0);
        Assert.Contains("] 100%  0 of 0 records", _terminal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(20)]
    [InlineData(0)]
    public void It_never_wraps(int columns)
    {
        _columns = columns;
        var bar = new ProgressBar(_terminal, _time, () => _columns, "record");
        _time.Advance(TimeSpan.FromSeconds(2));
        bar.Show(10_368_000, 20_736_000);
        var line = _terminal.ToString().Replace("\r", "").Replace("\e[K", "");
        Assert.InRange(line.Length, 0, Math.Max(0, columns - 1));
        Assert.Equal(columns > 20, line.Contains("10,368,000 of 20,736,000 records  5,184,000/s", StringComparison.Ordinal));
    }
}
