using ShoeFunctions.Engine.Serialization;

namespace ShoeFunctions.Engine.Tests.Serialization;

public sealed class BytesByLengthTests
{
    [Fact]
    public void There_is_one_array_of_every_length_however_long()
    {
        var arrays = new BytesByLength();
        int[] lengths = [0, 1, 127, 128, 129, 1000, 128];
        Assert.Equal(lengths, lengths.Select(length => arrays[length].Length));
        Assert.All(lengths, length => Assert.Same(arrays[length], arrays[length]));
    }
}
