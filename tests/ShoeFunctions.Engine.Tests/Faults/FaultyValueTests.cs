using Google.Protobuf;
using Main;
using ShoeFunctions.Engine.Faults;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Auditing;

namespace ShoeFunctions.Engine.Tests.Faults;

public sealed class FaultyValueTests
{
    private const int PrefixLength = 6;

    [Fact]
    public void No_corrupt_value_is_read_by_Google_Protobuf_wherever_it_begins_and_whatever_it_looks_at()
    {
        var kinds = new Dictionary<CorruptionKind, int>();
        foreach (var (_, frame, value, faults) in Values("corrupt=100", 4000))
        {
            var corruption = faults.Corruption!;
            kinds[corruption.Kind] = kinds.GetValueOrDefault(corruption.Kind) + 1;
            Assert.Throws<InvalidProtocolBufferException>(() => Shoe.Parser.ParseFrom(value));
            Assert.Throws<InvalidProtocolBufferException>(() => Shoe.Parser.ParseFrom(value.AsSpan(PrefixLength)));
            Assert.NotNull(ShoeFrame.Read(value).Fault);
            Assert.Throws<InvalidDataException>(() => ReadLeniently(value.AsSpan(PrefixLength)));
            Assert.Equal(corruption.Kind switch
            {
                CorruptionKind.Truncated => frame.Length - corruption.Number,
                CorruptionKind.RandomBytes => corruption.Number,
                _ => frame.Length,
            }, value.Length);
            Assert.True(corruption.Kind switch
            {
                CorruptionKind.Truncated => frame.AsSpan().StartsWith(value),
                CorruptionKind.SchemaId => ShoeFrame.Read(value).SchemaId == corruption.Number && corruption.Number is >= 2_000_000_000,
                CorruptionKind.MagicByte => value[0] == corruption.Number && value[0] != 0,
                _ => value[0] != 0,
            });
        }

        Assert.Equal(Enum.GetValues<CorruptionKind>().Length, kinds.Count);
        Assert.All(kinds.Values, count => Assert.InRange(count, 800, 1200));
    }

    [Fact]
    public void An_outlier_is_read_and_differs_in_its_one_field()
    {
        var seen = new HashSet<Outlier>();
        foreach (var (shoe, _, value, faults) in Values("outlier=100", 500))
        {
            var (read, clean) = (ShoeFrame.Read(value).Shoe!, shoe.ToMessage());
            switch (faults.Outlier)
            {
                case Outlier.FreePrice: Assert.Equal(0, read.SalePrice); clean.SalePrice = 0; break;
                case Outlier.NegativePrice: Assert.Equal(-clean.SalePrice, read.SalePrice); clean.SalePrice *= -1; break;
                case Outlier.HighPrice: Assert.Equal(clean.SalePrice * 1000, read.SalePrice, 6); clean.SalePrice = read.SalePrice; break;
                case Outlier.NoPrice: Assert.True(double.IsNaN(read.SalePrice)); clean.SalePrice = double.NaN; break;
                case Outlier.HighRating: Assert.Equal(11, read.Rating); clean.Rating = 11; break;
                case Outlier.NoBrand: Assert.Equal("", read.Brand); clean.Brand = ""; break;
                default: Assert.Equal(10_000, read.Name.Length); clean.Name = read.Name; break;
            }

            Assert.Equal(clean, read);
            seen.Add(faults.Outlier!.Value);
            var (field, told) = Outliers.Describe(shoe, faults.Outlier.Value);
            Assert.Equal(Shoe.Descriptor.FindFieldByName(field).Accessor.GetValue(read), told);
        }

        Assert.Equal(Enum.GetValues<Outlier>().Length, seen.Count);
    }

    [Fact]
    public void Faults_that_are_not_in_the_value_leave_it()
    {
        foreach (var (_, frame, value, _) in Values("late=30,repeated=30,reordered=40", 100))
            Assert.Same(frame, value);
    }

    [Fact]
    public void The_lenient_reader_reads_what_is_sound()
    {
        foreach (var (shoe, frame, _, _) in Values("late=1", 50))
            Assert.Equal(shoe.Id, ReadLeniently(frame.AsSpan(PrefixLength)));
    }

    /// <summary>As protobufjs does: fields that it knows are read by their own type, whatever wire type their tag has.</summary>
    private static long ReadLeniently(ReadOnlySpan<byte> message)
    {
        var rest = message;
        var id = 0L;
        while (!rest.IsEmpty)
        {
            var tag = Varint(ref rest);
            switch (tag >> 3)
            {
                case Shoe.IdFieldNumber: id = Varint(ref rest); break;
                case Shoe.BrandFieldNumber or Shoe.NameFieldNumber: Skip(ref rest, Varint(ref rest)); break;
                case Shoe.SalePriceFieldNumber or Shoe.RatingFieldNumber: Skip(ref rest, sizeof(double)); break;
                default: Skip(ref rest, (tag & 7) switch { 1 => 8, 2 => Varint(ref rest), 5 => 4, _ => throw new InvalidDataException() }); break;
            }
        }

        return id;

        static long Varint(ref ReadOnlySpan<byte> rest)
        {
            long value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = rest.IsEmpty ? throw new InvalidDataException() : rest[0];
                rest = rest[1..];
                value |= (long)(next & 0x7F) << shift;
                if (next < 0x80)
                    return value;
            }

            throw new InvalidDataException();
        }

        static void Skip(ref ReadOnlySpan<byte> rest, long length) =>
            rest = length >= 0 && length <= rest.Length ? rest[(int)length..] : throw new InvalidDataException();
    }

    private static IEnumerable<(GeneratedShoe Shoe, byte[] Frame, byte[] Value, ShoeFaults Faults)> Values(string faults, int count)
    {
        var (plan, generator, writer) = (FaultPlanTests.Plan(11, faults), new ShoeGenerator(11), new ShoeFrame(1));
        for (var index = 0; index < count; index++)
        {
            var shoe = generator.Shoe(Records.SomeTick, index);
            var frame = new byte[ShoeFrame.Length(shoe)];
            writer.Write(shoe, frame);
            var its = plan.Of(Records.SomeTick, index, count - 1);
            yield return (shoe, frame, FaultPlan.ValueOf(shoe, frame, its), its);
        }
    }
}
