using CsCheck;
using Google.Protobuf;
using Main;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Serialization;

public sealed class ShoeFrameTests
{
    private static readonly ShoeModel AirMax = ShoeCatalogue.Brands[0].Models[1];

    [Fact]
    public void A_frame_is_the_prefix_and_the_fields_in_order()
    {
        var shoe = new GeneratedShoe(new Tick(1795442410).ShoeId(5), AirMax, 12999, 44);
        Assert.Equal(
            "00" + "00000102" + "00"                // magic byte, schema id 258, message indexes
            + "08858080F5C688AC03"                  // 1: varint 1795442410 << 20 | 5
            + "12044E696B65"                        // 2: Nike
            + "1A0A416972204D6178203930"            // 3: Air Max 90
            + "2148E17A14AE3F6040"                  // 4: 129.99
            + "299A99999999991140",                 // 5: 4.4
            Convert.ToHexString(Frame(258, shoe)));
    }

    [Fact]
    public void A_rating_of_zero_takes_no_bytes_as_proto3_has_it() =>
        Assert.DoesNotContain("29", Convert.ToHexString(Frame(1, new GeneratedShoe(1, AirMax, 100, 0))[^9..]), StringComparison.Ordinal);

    [Fact]
    public void A_frame_holds_what_Google_Protobuf_writes() =>
        Gen.Select(Gen.Long, Gen.Long[0, 1L << 33], Gen.Int[0, Tick.MaxShoes - 1]).Sample((seed, tick, index) =>
            AssertSameAsGoogle(new ShoeGenerator(seed).Shoe(new Tick(tick), index)));

    [Fact]
    public void A_frame_holds_what_Google_Protobuf_writes_for_any_values() =>
        Gen.Select(Gen.Long, Gen.Int, Gen.Int[0, 50]).Sample((id, cents, tenths) => AssertSameAsGoogle(new GeneratedShoe(id, AirMax, cents, tenths)));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(127, 1, 1)]
    [InlineData(128, 0, 50)]
    [InlineData(long.MaxValue, int.MaxValue, 50)]
    [InlineData(-1, -1, 0)]
    public void A_frame_holds_what_Google_Protobuf_writes_at_the_edges(long id, int cents, int tenths) =>
        AssertSameAsGoogle(new GeneratedShoe(id, AirMax, cents, tenths));

    [Fact]
    public void Every_model_of_the_catalogue_is_written_as_Google_Protobuf_writes_it() =>
        Assert.All(ShoeCatalogue.Brands.SelectMany(brand => brand.Models), model => AssertSameAsGoogle(new GeneratedShoe(7, model, 9999, 43)));

    [Fact]
    public void A_frame_is_read_as_it_was_written() =>
        Gen.Select(Gen.Int, Gen.Long, Gen.Int, Gen.Int[0, 50]).Sample((schemaId, id, cents, tenths) =>
        {
            var shoe = new GeneratedShoe(id, AirMax, cents, tenths);
            Assert.Equal((schemaId, shoe.ToMessage(), null), ShoeFrame.Read(Frame(schemaId, shoe)));
        });

    [Theory]
    [InlineData("", null, "it has no value")]
    [InlineData("7B226964223A317D", null, "it is not in Confluent's wire format")]
    [InlineData("0000000001", null, "it is not in Confluent's wire format")]
    [InlineData("0000000001020008", 1, "it is not the first message of its schema, or not Protobuf")]
    [InlineData("00000000017B7D", 1, "it is not the first message of its schema, or not Protobuf")]
    [InlineData("00000000020008", 2, "it is not Protobuf")]
    [InlineData("00000000030012054E", 3, "it is not Protobuf")]
    [InlineData("0000000003001202FFFE", 3, "it is not Protobuf")]
    [InlineData("000000000400", 4, "it has none of a shoe's fields")]
    [InlineData("0000000004005A0141", 4, "it has none of a shoe's fields")]
    public void What_is_no_shoe_is_told_why(string frame, int? schemaId, string fault) =>
        Assert.Equal((schemaId, null, fault), ShoeFrame.Read(Convert.FromHexString(frame)));

    [Fact]
    public void No_bytes_at_all_make_the_reading_throw() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            bytes = [0, 0, 0, 0, 1, 0, .. bytes];
            var (schemaId, shoe, fault) = ShoeFrame.Read(bytes);
            Assert.Equal(1, schemaId);
            Assert.True(shoe is null != fault is null);
        });

    [Fact]
    public void Shoe_is_the_first_message_of_its_file_as_the_message_index_says() =>
        Assert.Equal(0, Shoe.Descriptor.Index);

    private static void AssertSameAsGoogle(GeneratedShoe shoe) =>
        Assert.Equal([0, 0, 0, 0, 7, 0, .. shoe.ToMessage().ToByteArray()], Frame(7, shoe));

    private static byte[] Frame(int schemaId, GeneratedShoe shoe)
    {
        var frame = new byte[ShoeFrame.Length(shoe)];
        new ShoeFrame(schemaId).Write(shoe, frame);
        return frame;
    }
}
