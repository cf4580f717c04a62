namespace ShoeFunctions.Local.Terminal;

/// <summary>Text in aligned columns, numbers to the right.</summary>
internal sealed class TextTable(params TextTable.Column[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>A column's title, and whether it holds numbers.</summary>
    public readonly record struct Column(string Title, bool IsNumber = false);

    /// <summary>Adds a row: a text a column. What would move the cursor of a terminal is shown as a question mark.</summary>
    public void Add(params string[] row) => _rows.Add([.. row.Select(Printable)]);

    /// <summary>Writes the titles and all rows.</summary>
    public void Write(TextWriter writer)
    {
        string[][] all = [[.. columns.Select(column => column.Title)], .. _rows];
        var widths = columns.Select((_, index) => all.Max(row => row[index].Length)).ToArray();
        foreach (var row in all)
            writer.WriteLine(string.Join("  ", row.Select((text, index) => columns[index].IsNumber ? text.PadLeft(widths[index]) : text.PadRight(widths[index]))).TrimEnd());
    }

    /// <summary>A text without control characters.</summary>
    public static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
