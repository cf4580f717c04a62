using System.Text;
using Main;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>One model of one brand: what its shoes have in common.</summary>
public sealed class ShoeModel
{
    /// <summary>Describes a model.</summary>
    /// <param name="number">Its place in the catalogue, from 0.</param>
    /// <param name="brand">The brand's name.</param>
    /// <param name="name">The model's name, without the brand.</param>
    /// <param name="weight">How popular it is among the brand's models.</param>
    /// <param name="listCents">The price without a discount, in US cents.</param>
    /// <param name="typicalRating">The rating that it comes near to at all times, in tenths of a star.</param>
    public ShoeModel(int number, string brand, string name, int weight, int listCents, int typicalRating)
    {
        (Number, Brand, Name, Weight, ListCents, TypicalRating) = (number, brand, name, weight, listCents, typicalRating);
        BrandUtf8 = Encoding.UTF8.GetBytes(brand);
        EncodedFields = [.. StringField(Shoe.BrandFieldNumber, BrandUtf8), .. StringField(Shoe.NameFieldNumber, Encoding.UTF8.GetBytes(name))];
    }

    /// <summary>Its place in the catalogue, from 0.</summary>
    public int Number { get; }

    /// <summary>The brand's name, for example "Nike".</summary>
    public string Brand { get; }

    /// <summary>The model's name, for example "Air Force 1 Low".</summary>
    public string Name { get; }

    /// <summary>How popular it is among the brand's models: it comes as often as its share of their weights says.</summary>
    public int Weight { get; }

    /// <summary>The price without a discount, in US cents.</summary>
    public int ListCents { get; }

    /// <summary>The rating that it comes near to at all times, in tenths of a star.</summary>
    public int TypicalRating { get; }

    /// <summary>The weight of a brand's model by its place, from 0: 60 divided by 1, 2, 3 and so on, rounded down (Zipf's law).</summary>
    internal static int WeightAt(int place) => 60 / (place + 1);

    /// <summary>The brand's name in UTF-8, made once because it is a header of every record.</summary>
    internal byte[] BrandUtf8 { get; }

    /// <summary>The Protobuf encoding of the fields brand and name, made once because every shoe of the model has it.</summary>
    internal byte[] EncodedFields { get; }

    private static byte[] StringField(int number, byte[] utf8) =>
        number < 16 && utf8.Length < 128
            ? [(byte)(number << 3 | 2), (byte)utf8.Length, .. utf8]
            : throw new ArgumentException($"'{Encoding.UTF8.GetString(utf8)}' is longer than 127 bytes.");
}
