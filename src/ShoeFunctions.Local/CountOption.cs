using System.CommandLine;
using System.Globalization;

namespace ShoeFunctions.Local;

/// <summary>The option <c>--count</c>.</summary>
internal static class CountOption
{
    private const int Standard = 10;

    public static Option<int> Of(int most, string description)
    {
        var count = new Option<int>("--count") { Description = description, DefaultValueFactory = _ => Standard, HelpName = "N" };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most))
                result.AddError($"--count: '{token.Value}'; accepted is a whole number from 1 to {most}.");
        });
        return count;
    }
}
