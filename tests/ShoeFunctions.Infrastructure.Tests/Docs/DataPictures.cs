using System.Text;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

/// <summary>The pictures of docs/data.md, drawn from the generator itself: SVG, by name.</summary>
internal static class DataPictures
{
    private const int Width = 640;
    private const int Height = 130;
    private const int Foot = 18;
    private const int Many = 100_000;
    private const int Days = 365;

    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ShoeGenerator Generator = new(0);

    public static IReadOnlyDictionary<string, string> Draw()
    {
        // As many days as there are shoes of a day, so that discounts are in it as they come.
        var shoes = Enumerable.Range(0, Many).Select(index => Generator.Shoe(At(index % Days), index)).ToArray();
        var popular = ShoeCatalogue.Brands[0].Models[0];
        var year = Enumerable.Range(0, Days).Select(day => Enumerable.Range(0, int.MaxValue).Select(index => Generator.Shoe(At(day), index)).First(shoe => shoe.Model == popular)).ToArray();
        return new Dictionary<string, string>
        {
            ["models.svg"] = Bars(
                [.. shoes.GroupBy(shoe => shoe.Model).Select(model => (double)model.Count()).OrderDescending()],
                place => place is 0 ? $"the most popular model, {Percent(shoes.Count(shoe => shoe.Model == popular))}" : place == 60 ? $"{ShoeCatalogue.Models.Length} models, by how often they come" : null),
            ["brands.svg"] = Bars(
                [.. ShoeCatalogue.Brands.Select(brand => (double)shoes.Count(shoe => shoe.Model.Brand == brand.Name))],
                place => ShoeCatalogue.Brands[place].Name.Replace("New Balance", "NB", StringComparison.Ordinal)),
            ["prices.svg"] = Bars(
                [.. Enumerable.Range(3, 22).Select(tens => (double)shoes.Count(shoe => shoe.PriceCents / 1000 == tens))],
                place => place % 2 == 1 ? $"${(place + 3) * 10}" : null),
            ["ratings.svg"] = Bars(
                [.. Enumerable.Range(26, 25).Select(tenths => (double)shoes.Count(shoe => shoe.RatingTenths == tenths))],
                place => place % 4 == 0 ? $"{(place + 26) / 10}.{(place + 26) % 10}" : null),
            ["price-of-a-model.svg"] = Line([.. year.Select(shoe => shoe.SalePrice)], 60, 120, "$"),
            ["rating-of-a-model.svg"] = Line([.. year.Select(shoe => shoe.Rating)], 4, 5, ""),
        };

        static Tick At(int day) => Tick.At(Noon.AddDays(day));
        static string Percent(int count) => $"{count * 100.0 / Many:0.0} %";
    }

    /// <summary>A bar for each value, from 0, with what is written below some.</summary>
    private static string Bars(double[] values, Func<int, string?> label)
    {
        var (step, most) = ((double)Width / values.Length, values.Max());
        var svg = new StringBuilder();
        for (var place = 0; place < values.Length; place++)
        {
            var height = values[place] / most * (Height - Foot - 4);
            svg.Append(Invariant($"<rect x='{place * step:0.#}' y='{Height - Foot - height:0.#}' width='{step * 0.86:0.#}' height='{height:0.#}' fill='#4a90d9'/>"));
            if (label(place) is { } text)
                svg.Append(Invariant($"<text x='{place * step:0.#}' y='{Height - 5}'>{text}</text>"));
        }

        return Svg(svg.ToString());
    }

    /// <summary>A line through a year's values, with the least and the most that the axis shows and the months.</summary>
    private static string Line(double[] values, double least, double most, string unit)
    {
        double Y(double value) => Height - Foot - (value - least) / (most - least) * (Height - Foot - 14);
        var path = string.Join(' ', values.Select((value, day) => Invariant($"{(day == 0 ? "M" : "H")}{40 + day * (Width - 40.0) / Days:0.#} {(day == 0 ? "" : "V")}{Y(value):0.#}")));
        var svg = new StringBuilder(Invariant($"<path d='{path}' fill='none' stroke='#4a90d9' stroke-width='1.5'/><text x='0' y='{Y(least):0.#}'>{unit}{least:0.#}</text><text x='0' y='{Y(most) + 4:0.#}'>{unit}{most:0.#}</text>"));
        for (var month = 0; month < 12; month++)
            svg.Append(Invariant($"<text x='{40 + Noon.AddMonths(month).Subtract(Noon).TotalDays * (Width - 40.0) / Days:0.#}' y='{Height - 5}'>{Noon.AddMonths(month):MMM}</text>"));
        return Svg(svg.ToString());
    }

    private static string Svg(string content) =>
        $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {Height}' width='{Width}' font-family='sans-serif' font-size='9' fill='#7d8590'>{content}</svg>\n";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
