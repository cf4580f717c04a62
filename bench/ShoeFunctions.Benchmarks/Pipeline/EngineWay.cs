using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>The engine, from the start of <see cref="TickRunner"/> to its report, put together as both doors do.</summary>
internal sealed class EngineWay : IWay
{
    private readonly SteppedTime _time = new();
    private readonly ServiceProvider _engine;

    public EngineWay(IReadOnlyDictionary<string, string?> settings) => _engine = new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddSingleton<TimeProvider>(_time)
        .AddLogging()
        .AddShoes()
        .BuildServiceProvider();

    public async Task ProduceAsync(int shoes)
    {
        if (!TickSchedule.TryParse("*/10 * * * * *", new ShoeRate.Batch(shoes), out var schedule))
            throw new InvalidOperationException("The schedule is none.");
        var runner = ActivatorUtilities.CreateInstance<TickRunner>(_engine, new TickOptions { Schedule = schedule });
        _time.Step(TimeSpan.FromSeconds(10));
        var report = (await runner.RunDueAsync(CancellationToken.None)).Single();
        if (report.Delivered != shoes)
            throw new InvalidOperationException($"{report.Delivered} of {shoes} shoes were delivered: {report.Failure}");
    }

    public void Dispose() => _engine.Dispose();
}
