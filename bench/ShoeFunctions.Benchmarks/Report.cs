using System.Globalization;
using System.Text.Json;

namespace ShoeFunctions.Benchmarks;

/// <summary>Prints figures: as a table to read, and as one JSON object a line for whatever keeps them.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    public static void Print(IReadOnlyList<Figure> figures)
    {
        string[][] rows =
        [
            ["figure", "value", "unit", "reference", "its value", "ratio"],
            .. figures.Select(figure => new[]
            {
                figure.Name, Text(figure.Value), figure.Unit, figure.Reference ?? "", Text(figure.ReferenceValue), Text(figure.Ratio),
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => column is 1 or 4 or 5 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());

        foreach (var figure in figures)
            Console.WriteLine(JsonSerializer.Serialize(figure, CamelCase));
    }

    private static string Text(double? value) => value switch
    {
        null => "",
        0 => "0",
        >= 1000 or <= -1000 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("G3", CultureInfo.InvariantCulture),
    };
}
