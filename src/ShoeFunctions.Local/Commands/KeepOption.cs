using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using ShoeFunctions.Local.EmbeddedKafka;

namespace ShoeFunctions.Local.Commands;

/// <summary>How much the embedded brokers keep, as it is typed: in megabytes or gigabytes.</summary>
internal static partial class KeepOption
{
    private const long Megabyte = 1_000_000;

    /// <summary>More partitions make every client slow that asks for them.</summary>
    private const int MostPartitions = 10_000;

    public static Option<long?> Of(string description) => new("--keep")
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens is [var token, ..] ? token.Value : "";
            if (Size.Match(text) is { Success: true } match
                && long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * (match.Groups["unit"].Value == "GB" ? 1000 : 1) is > 0 and var megabytes && megabytes <= Most / Megabyte)
                return megabytes * Megabyte;
            result.AddError($"--keep: '{text}'; accepted is a size from 1MB to {Most / Megabyte}MB, which this machine's memory can hold, for example 200MB or 2GB.");
            return null;
        },
    };

    /// <summary>Full partitions hold more than what they are counted on for, and all of it may be used.</summary>
    private static long Most =>
        PartitionMemory.KeptIn((int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartitionMemory.Most, 2, MostPartitions));

    [GeneratedRegex(@"^(?<number>[0-9]{1,9})(?<unit>MB|GB)\z")]
    private static partial Regex Size { get; }
}
