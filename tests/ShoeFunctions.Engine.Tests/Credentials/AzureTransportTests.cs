using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Network;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Engine.Tests.Progress.Stores;

namespace ShoeFunctions.Engine.Tests.Credentials;

public sealed class AzureTransportTests
{
    private const string NobodysProxy = "http://127.0.0.1:1";

    /// <summary>The next test again, in a process whose environment names a proxy.</summary>
    [Fact]
    public async Task A_proxy_of_the_environment_is_not_asked_for_a_storage_account_on_this_machine()
    {
        using var process = Child.Start(new ProcessStartInfo("dotnet", [typeof(AzureTransportTests).Assembly.Location, "--filter-method", $"*.{nameof(A_storage_account_on_this_machine_is_asked)}"])
        {
            Environment = { ["HTTP_PROXY"] = NobodysProxy, ["http_proxy"] = NobodysProxy },
            RedirectStandardOutput = true,
        });
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public async Task A_storage_account_on_this_machine_is_asked()
    {
        // That process is this test's alone, and its tests' own exception from proxies would hide what is tested.
        if (Environment.GetEnvironmentVariable("HTTP_PROXY") == NobodysProxy)
            foreach (var name in (string[])["NO_PROXY", "no_proxy"])
                Environment.SetEnvironmentVariable(name, null);
        DirectLoopback.Install();

        await using var account = await StorageDouble.StartAsync(StorageDouble.Error(404, "TableNotFound"));
        var tables = StorageConnection.OpenTables(new ConfigurationBuilder().AddInMemoryCollection(
            [KeyValuePair.Create("AzureWebJobsStorage", (string?)$"AccountName=shoes;AccountKey=a2V5;TableEndpoint={account.Endpoint}shoes")]).Build());
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => tables.GetTableClient("ShoeProgress").GetEntityAsync<Azure.Data.Tables.TableEntity>("a", "b", cancellationToken: TestContext.Current.CancellationToken));
        Assert.NotEmpty(account.Requests);
    }
}
