using System.Text;
using Main;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>One model of one brand: what its shoes have in common.</summary>
public sealed class ShoeModel
{
    /// <summary>Describes a model.</summary>
    /// <param name="brand">The brand's name.</param>
    /// <param name="name">The model's name, without the brand.</param>
    /// <param name="lowPrice">The lowest price, in whole US dollars, inclusive.</param>
    /// <param name="highPrice">The highest price, in whole US dollars, inclusive.</param>
    /// <param name="typicalRating">The rating that most of its shoes come near to, in tenths of a star.</param>
    public ShoeModel(string brand, string name, int lowPrice, int highPrice, int typicalRating)
    {
        (Brand, Name, LowPrice, HighPrice, TypicalRating) = (brand, name, lowPrice, highPrice, typicalRating);
        BrandUtf8 = Encoding.UTF8.GetBytes(brand);
        EncodedFields = [.. StringField(Shoe.BrandFieldNumber, BrandUtf8), .. StringField(Shoe.NameFieldNumber, Encoding.UTF8.GetBytes(name))];
    }

    /// <summary>The brand's name, for example "Nike".</summary>
    public string Brand { get; }

    /// <summary>The model's name, for example "Air Force 1 Low".</summary>
    public string Name { get; }

    /// <summary>The lowest price, in whole US dollars, inclusive.</summary>
    public int LowPrice { get; }

    /// <summary>The highest price, in whole US dollars, inclusive.</summary>
    public int HighPrice { get; }

    /// <summary>The rating that most of its shoes come near to, in tenths of a star.</summary>
    public int TypicalRating { get; }

    /// <summary>The brand's name in UTF-8, made once because it is a header of every record.</summary>
    internal byte[] BrandUtf8 { get; }

    /// <summary>The Protobuf encoding of the fields brand and name, made once because every shoe of the model has it.</summary>
    internal byte[] EncodedFields { get; }

    private static byte[] StringField(int number, byte[] utf8) =>
        number < 16 && utf8.Length < 128
            ? [(byte)(number << 3 | 2), (byte)utf8.Length, .. utf8]
            : throw new ArgumentException($"'{Encoding.UTF8.GetString(utf8)}' is longer than 127 bytes.");
}
