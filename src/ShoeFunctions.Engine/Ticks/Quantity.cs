using System.Globalization;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>How many, as people read it, the same in every language: <c>1 tick</c>, <c>1,000,000 shoes</c>.</summary>
public static class Quantity
{
    /// <summary>A number with its thousands set apart.</summary>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of things.</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">One of them; with an s it is more.</param>
    public static string Of(long number, string thing) => $"{Of(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>A number of bytes: <c>538 B</c>, <c>1.2 MB</c> of a million bytes each.</summary>
    public static string OfBytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 999_950 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 999_950_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:N1} GB"),
    };

    /// <summary>A time that something took: <c>19.9 ms</c>, <c>1.2 s</c>.</summary>
    public static string Of(TimeSpan time) => time.TotalMilliseconds < 999.95
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:N1} s");
}
