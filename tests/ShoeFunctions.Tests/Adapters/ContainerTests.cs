using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Functions;

namespace ShoeFunctions.Tests.Adapters;

public sealed class ContainerTests
{
    [Fact]
    public async Task Brokers_and_registry_are_opened_by_the_first_tick_and_once()
    {
        using var app = new TestApp();
        _ = (app.Function<GetHealth>(), app.Function<GetStats>(), app.Services.GetServices<IHostedService>().ToArray());
        await app.Services.GetRequiredService<Stats>().AnswerAsync(TestContext.Current.CancellationToken);
        var timer = app.Function<ProduceShoes>();
        Assert.Empty(app.Opened);

        await timer.RunAsync(new TimerInfo(), TestContext.Current.CancellationToken);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        await timer.RunAsync(new TimerInfo(), TestContext.Current.CancellationToken);
        Assert.Equal(["brokers", "registry"], app.Opened.Order());
        Assert.Equal(20, app.Sender.Messages.Count);
    }

    [Fact]
    public void Shoes_are_serialised_by_the_engine_unless_told_otherwise()
    {
        using var app = new TestApp();
        Assert.IsType<EngineSerializer>(app.Services.GetRequiredService<IShoeSerializer>());
    }
}
