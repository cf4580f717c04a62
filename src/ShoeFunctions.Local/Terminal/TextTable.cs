namespace ShoeFunctions.Local.Terminal;

/// <summary>Text in aligned columns, numbers to the right.</summary>
internal sealed class TextTable(params TextTable.Column[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>A column.</summary>
    /// <param name="Title">Its title.</param>
    /// <param name="IsNumber">Whether it holds numbers.</param>
    /// <param name="IsSpare">Whether it is left out, the last of these first, where there is no room for all.</param>
    public readonly record struct Column(string Title, bool IsNumber = false, bool IsSpare = false);

    /// <summary>Adds a row: a text a column. What would move the cursor of a terminal is shown as a question mark.</summary>
    public void Add(params string[] row) => _rows.Add([.. row.Select(Printable)]);

    /// <summary>Writes the titles and all rows.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="room">How many characters a line may have, as far as there are columns to spare.</param>
    public void Write(TextWriter writer, int room)
    {
        string[][] all = [[.. columns.Select(column => column.Title)], .. _rows];
        var widths = columns.Select((_, index) => all.Max(row => row[index].Length)).ToArray();
        var shown = Enumerable.Range(0, columns.Length).ToList();
        while (shown.Sum(index => widths[index] + Gap.Length) - Gap.Length > room && shown.FindLastIndex(index => columns[index].IsSpare) is >= 0 and var spare)
            shown.RemoveAt(spare);
        foreach (var row in all)
            writer.WriteLine(string.Join(Gap, shown.Select(index => columns[index].IsNumber ? row[index].PadLeft(widths[index]) : row[index].PadRight(widths[index]))).TrimEnd());
    }

    /// <summary>A text without control characters.</summary>
    public static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
