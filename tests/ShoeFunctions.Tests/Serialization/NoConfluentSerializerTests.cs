using ShoeFunctions.Tests.HostProtocol;
using ShoeFunctions.Tests.Worker;

namespace ShoeFunctions.Tests.Serialization;

public sealed class NoConfluentSerializerTests
{
    [Fact]
    public async Task Choosing_it_is_answered_in_one_line_that_says_how_to_have_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var worker = await WorkerProcess.StartAsync(cluster.Settings(("SERIALIZER", "confluent")));
        var invocation = await worker.InvokeTimerAsync();
        Assert.Equal(StatusResult.Types.Status.Failure, invocation.Status);
        Assert.Contains("SERIALIZER: 'confluent', but this build of the Functions app lacks Confluent's serialiser", invocation.Message, StringComparison.Ordinal);
        Assert.Contains("-p:ConfluentSerializer=true", invocation.Message, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Count());
    }
}
