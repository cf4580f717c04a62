using System.Globalization;
using System.Text.RegularExpressions;

namespace ShoeFunctions.Engine.Ticks;

/// <summary>
/// What crontab and the Functions host both accept of a schedule. The host's library alone takes more, and means
/// something else by it: a step of 0 as 1, a range from late to early turned round, any beginning of a name.
/// </summary>
internal static partial class ScheduleGrammar
{
    private static readonly Field[] Fields =
    [
        new("second", 0, 59),
        new("minute", 0, 59),
        new("hour", 0, 23),
        new("day", 1, 31),
        new("month", 1, 12, "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
        new("weekday", 0, 6, "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    ];

    /// <summary>What is wrong with an expression, in a sentence that names the field, or null.</summary>
    public static string? Fault(string expression)
    {
        if (expression.Any(character => character != ' ' && (char.IsWhiteSpace(character) || char.IsControl(character))))
            return "Fields are separated by spaces, and nothing else.";

        var texts = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return texts.Length == Fields.Length
            ? Fields.Zip(texts, Fault).FirstOrDefault(fault => fault is not null)
            : $"It has {(texts.Length == 1 ? "one field" : string.Create(CultureInfo.InvariantCulture, $"{texts.Length} fields"))}, not six"
              + (texts.Length == 5 ? ": the second comes first." : ".");
    }

    /// <summary>The values that each field of an expression takes, from second to weekday: true where one is taken.</summary>
    public static IReadOnlyList<bool[]> Values(string expression) =>
        [.. Fields.Zip(expression.Split(' ', StringSplitOptions.RemoveEmptyEntries), Values)];

    private static bool[] Values(Field field, string text)
    {
        var taken = new bool[field.Min + field.Count];
        foreach (var match in text.Split(',').Select(item => Item.Match(item)))
        {
            var (from, to, step) = (match.Groups["from"], match.Groups["to"], match.Groups["step"]);
            var first = from.Success ? field.Value(from.Value)!.Value : field.Min;
            // A value with a step goes on to the end of the field.
            var last = to.Success ? field.Value(to.Value)!.Value : from.Success && !step.Success ? first : field.Min + field.Count - 1;
            for (var value = first; value <= last; value += step.Success ? Number(step.Value)!.Value : 1)
                taken[value] = true;
        }

        return taken;
    }

    private static string? Fault(Field field, string text) =>
        text.Split(',').Select(item => FaultOfItem(field, item)).FirstOrDefault(fault => fault is not null) is { } fault ? $"Its {field.Name} {fault}" : null;

    private static string? FaultOfItem(Field field, string item)
    {
        if (Item.Match(item) is not { Success: true } match)
            return "is none of *, a value, a range such as 1-5, each with a step such as /2 or without, or a list of them.";

        var (from, to) = (match.Groups["from"], match.Groups["to"]);
        if ((from.Success && field.Value(from.Value) is null) || (to.Success && field.Value(to.Value) is null))
            return $"has a value that is not {field.Accepted}.";
        if (to.Success && field.Value(from.Value) > field.Value(to.Value))
            return "has a range that ends before it begins: write two, for example 22-23,0-5 for 22-5.";
        return match.Groups["step"] is { Success: true } step && !(Number(step.Value) is { } every && every >= 1 && every <= field.Count)
            ? string.Create(CultureInfo.InvariantCulture, $"has a step that is not a whole number from 1 to {field.Count}.")
            : null;
    }

    private static int? Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^(?:\*|(?<from>[0-9]+|[A-Za-z]+)(?:-(?<to>[0-9]+|[A-Za-z]+))?)(?:/(?<step>[0-9]+))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Item { get; }

    private sealed record Field(string Name, int Min, int Max, params string[] Names)
    {
        private const int ShortName = 3;

        public int Count => Max - Min + 1;

        public string Accepted => string.Create(CultureInfo.InvariantCulture,
            $"a number from {Min} to {Max}{(Names is [var first, .., var last] ? $", or a name from {first[..ShortName]} to {last[..ShortName]}" : "")}");

        /// <summary>The number that a text stands for, or null where it is none of the field's: names are whole, or their first three letters.</summary>
        public int? Value(string text)
        {
            var value = Number(text) ?? Min + Array.FindIndex(Names, name =>
                name.Equals(text, StringComparison.OrdinalIgnoreCase) || name[..ShortName].Equals(text, StringComparison.OrdinalIgnoreCase));
            return value >= Min && value <= Max ? value : null;
        }
    }
}
