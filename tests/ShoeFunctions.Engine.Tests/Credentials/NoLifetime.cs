using Microsoft.Extensions.Hosting;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>A server's that is a part of a test: signals belong to the process of the tests.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
