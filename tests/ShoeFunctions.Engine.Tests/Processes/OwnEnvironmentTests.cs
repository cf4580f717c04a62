using System.Diagnostics;

namespace ShoeFunctions.Engine.Tests.Processes;

public sealed class OwnEnvironmentTests
{
    /// <summary>These tests again, by a parent that has settings of its own.</summary>
    [Fact]
    public async Task What_a_parent_has_set_is_not_set_for_tests()
    {
        using var process = Child.Start(new ProcessStartInfo("dotnet", [typeof(OwnEnvironmentTests).Assembly.Location, "--filter-method", $"*.{nameof(No_setting_is_set_and_no_proxy_is_asked_for_this_machine)}"])
        {
            Environment =
            {
                ["KAFKA_TOPIC"] = "theirs", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["Logging__LogLevel__Default"] = "Trace",
                ["HTTP_PROXY"] = "http://127.0.0.1:9", ["http_proxy"] = "http://127.0.0.1:9",
            },
            RedirectStandardOutput = true,
        });
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public void No_setting_is_set_and_no_proxy_is_asked_for_this_machine()
    {
        Assert.All(["KAFKA_TOPIC", "OTEL_EXPORTER_OTLP_ENDPOINT", "Logging__LogLevel__Default"], name => Assert.Null(Environment.GetEnvironmentVariable(name)));
        Assert.True(HttpClient.DefaultProxy.IsBypassed(new Uri("http://127.0.0.1:9/")));
    }
}
