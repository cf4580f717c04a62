using System.CommandLine;
using System.Globalization;

namespace ShoeFunctions.Local.Commands;

/// <summary>An option that takes a whole number within bounds.</summary>
internal static class NumberOption
{
    public static Option<int> Of(string name, int min, int max, int? standard, string description, string helpName = "N")
    {
        var option = new Option<int>(name) { Description = description, HelpName = helpName };
        if (standard is { } number)
            option.DefaultValueFactory = _ => number;
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max))
                result.AddError($"{name}: '{token.Value}'; accepted is a whole number from {min} to {max}.");
        });
        return option;
    }
}
