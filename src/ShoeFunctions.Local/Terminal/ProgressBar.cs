namespace ShoeFunctions.Local.Terminal;

/// <summary>One line on a terminal that is written over as the work goes on.</summary>
internal sealed class ProgressBar(TextWriter terminal, TimeProvider time)
{
    private const int Width = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly long _startedAt = time.GetTimestamp();
    private long? _shownAt;

    /// <summary>Shows how much of the total is done; at most ten times a second.</summary>
    public void Show(long done, long total)
    {
        if (_shownAt is { } shown && time.GetElapsedTime(shown) < Interval && done < total)
            return;

        _shownAt = time.GetTimestamp();
        var part = total == 0 ? 1 : (double)done / total;
        var filled = (int)(part * Width);
        var perSecond = done / Math.Max(0.001, time.GetElapsedTime(_startedAt).TotalSeconds);
        terminal.Write($"\r[{new string('#', filled)}{new string('.', Width - filled)}] {part,4:P0}  {done:N0} of {total:N0} records  {perSecond:N0}/s\e[K");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_shownAt is not null)
            terminal.Write("\r\e[K");
    }
}
