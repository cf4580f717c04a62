using System.Diagnostics;
using Xunit.Sdk;

namespace ShoeFunctions.Engine.Tests.Processes;

public sealed class WaitTests
{
    [Fact]
    public async Task What_has_come_ends_it()
    {
        var looks = 0;
        await Wait.UntilAsync(() => ++looks == 3);
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task A_process_that_has_ended_ends_it_with_what_it_said()
    {
        using var process = Child.Start(new ProcessStartInfo("dotnet", ["--no-such-option"]) { RedirectStandardOutput = true, RedirectStandardError = true });
        var said = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<FailException>(() => Wait.UntilAsync(() => Task.FromResult(false), process, () => said));
        Assert.StartsWith($"The process ended with {process.ExitCode} before what was waited for: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(await said, failure.Message, StringComparison.Ordinal);
    }
}
