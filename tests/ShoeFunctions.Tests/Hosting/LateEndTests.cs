using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Hosting;

namespace ShoeFunctions.Tests.Hosting;

public sealed class LateEndTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Who_takes_longer_than_the_host_waits_ends_in_order_all_the_same(int services)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(1));
        for (var service = 0; service < services; service++)
            builder.Services.AddSingleton<IHostedService>(new Stubborn());
        using var app = builder.Build();
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(
            () => app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication());
        await Task.Run(app.RunToTheEnd, TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Does not end before it is no longer waited for.</summary>
    private sealed class Stubborn : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
