namespace ShoeFunctions.Benchmarks;

/// <summary>One thing that was measured, beside what it is to be compared with, measured in the same run.</summary>
/// <param name="Name">What, in dotted words.</param>
/// <param name="Value">The median of all runs.</param>
/// <param name="Unit">Of both values.</param>
/// <param name="Reference">What it is compared with, or null.</param>
/// <param name="ReferenceValue">That one's median.</param>
internal sealed record Figure(string Name, double Value, string Unit, string? Reference = null, double? ReferenceValue = null)
{
    /// <summary>The value as a multiple of the reference's, where that is not zero.</summary>
    public double? Ratio => ReferenceValue is { } reference and not 0 ? Value / reference : null;

    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
