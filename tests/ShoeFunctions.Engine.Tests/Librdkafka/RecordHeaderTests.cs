using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Tests.Librdkafka;

public sealed class RecordHeaderTests
{
    [Fact]
    public void Its_name_ends_with_a_zero_as_C_wants_it() => Assert.Equal([.. "größe"u8, 0], new RecordHeader("größe", []).NameUtf8);
}
