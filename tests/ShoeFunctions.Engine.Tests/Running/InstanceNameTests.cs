using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Running;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class InstanceNameTests
{
    [Theory]
    [InlineData("container", "instance", "container/")]
    [InlineData("", "instance", "instance/")]
    [InlineData(null, "instance", "instance/")]
    public void It_is_the_platforms_where_there_is_one(string? container, string? instance, string begins)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("CONTAINER_NAME", container), new("WEBSITE_INSTANCE_ID", instance)]).Build();
        Assert.StartsWith(begins, InstanceName.Of(configuration).Name, StringComparison.Ordinal);
        Assert.NotEqual(InstanceName.Of(configuration), InstanceName.Of(configuration));
    }

    [Fact]
    public void Else_it_is_the_machines() =>
        Assert.StartsWith(Environment.MachineName + "/", InstanceName.Of(new ConfigurationBuilder().Build()).Name, StringComparison.Ordinal);
}
