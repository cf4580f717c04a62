using System.Text.Json;
using ShoeFunctions.Tests.HostProtocol;

namespace ShoeFunctions.Tests.Worker;

public sealed class FunctionsTests
{
    [Fact]
    public async Task The_host_finds_the_functions_and_nothing_else_with_triggers_routes_and_auth_levels()
    {
        await using var worker = await WorkerProcess.StartAsync();
        Assert.Equal(
            [
                "GetDashboard: authLevel=Function direction=In methods=[get,head] name=request route=dashboard type=httpTrigger",
                "GetHealth: authLevel=Function direction=In methods=[get,head] name=request route=health type=httpTrigger",
                "GetHealthLive: authLevel=Anonymous direction=In methods=[get,head] name=request route=health/live type=httpTrigger",
                "GetMetrics: authLevel=Function direction=In methods=[get,head] name=request route=metrics type=httpTrigger",
                "GetStats: authLevel=Function direction=In methods=[get,head] name=request route=stats type=httpTrigger",
                "ProduceChunk: dataType=String direction=In name=message queueName=shoe-chunks type=queueTrigger",
                "ProduceShoes: direction=In name=timer schedule=%PRODUCE_SCHEDULE% type=timerTrigger",
            ],
            worker.Functions.OrderBy(function => function.Key, StringComparer.Ordinal).Select(function => $"{function.Key}: {Trigger(function.Value)}"));
    }

    [Fact]
    public async Task What_the_worker_says_of_its_functions_is_what_the_file_beside_it_says()
    {
        await using var worker = await WorkerProcess.StartAsync();
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.BuiltApp, "functions.metadata"), TestContext.Current.CancellationToken));
        Assert.Equal(
            file.RootElement.EnumerateArray().Select(function => (function.GetProperty("name").GetString(), function.GetProperty("entryPoint").GetString())).Order(),
            worker.Functions.Values.Select(function => (function.Name, function.EntryPoint))!.Order<(string?, string?)>());
    }

    /// <summary>All that the trigger says of itself: what is not in the list, such as runOnStartup, is not set.</summary>
    private static string Trigger(RpcFunctionMetadata function)
    {
        var trigger = function.RawBindings.Select(binding => JsonElement.Parse(binding)).Single(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
        return string.Join(' ', trigger.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => $"{property.Name}={property.Value}")).Replace("\"", "");
    }
}
