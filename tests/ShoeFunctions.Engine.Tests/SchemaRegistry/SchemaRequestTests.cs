using Main;
using ShoeFunctions.Engine.SchemaRegistry;

namespace ShoeFunctions.Engine.Tests.SchemaRegistry;

public sealed class SchemaRequestTests
{
    [Fact]
    public void What_is_registered_is_the_schema_that_the_build_has() =>
        Assert.Equal(ShoeReflection.Descriptor.SerializedData.ToBase64(), SchemaRequest.OfShoe.Schema);
}
