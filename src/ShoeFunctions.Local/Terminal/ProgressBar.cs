using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Local.Terminal;

/// <summary>One line on a terminal that is written over as the work goes on, and never wraps.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="time">What the rate is measured with.</param>
/// <param name="columns">How wide the terminal is by now.</param>
/// <param name="thing">One of what is counted.</param>
internal sealed class ProgressBar(TextWriter terminal, TimeProvider time, Func<int> columns, string thing)
{
    private const int MostWidth = 40, LeastWidth = 5;

    /// <summary>How often it is drawn at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly long _startedAt = time.GetTimestamp();
    private long? _shownAt;

    /// <summary>One on the standard error; null where that is not a terminal.</summary>
    public static ProgressBar? OnTerminal(TimeProvider time, string thing) => Terminals.HaveErrors ? new ProgressBar(Console.Error, time, () => Columns.OfTerminal, thing) : null;

    /// <summary>Shows how much of the total is done; at most ten times a second.</summary>
    public void Show(long done, long total)
    {
        if (_shownAt is { } shown && time.GetElapsedTime(shown) < Interval && done < total)
            return;

        _shownAt = time.GetTimestamp();
        var part = total == 0 ? 1 : (double)done / total;
        var perSecond = (long)(done / Math.Max(0.001, time.GetElapsedTime(_startedAt).TotalSeconds));
        var text = $"{Math.Floor(part * 100),3}%  {Quantity.Of(done)} of {Quantity.Of(total, thing)}  {Quantity.Of(perSecond)}/s";

        // What is written into the last column has some terminals go on to the next line.
        var room = columns() - 1;
        var width = Math.Min(MostWidth, room - text.Length - "[] ".Length);
        var filled = (int)(part * width);
        var line = width < LeastWidth ? text : $"[{new string('#', filled)}{new string('.', width - filled)}] {text}";
        terminal.Write($"\r{line[..Math.Clamp(room, 0, line.Length)]}\e[K");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_shownAt is not null)
            terminal.Write("\r\e[K");
    }
}
