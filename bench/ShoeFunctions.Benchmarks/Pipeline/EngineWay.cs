using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>The engine, from the start of <see cref="TickRunner"/> to its report, put together as both hosts do.</summary>
internal sealed class EngineWay : IWay
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private readonly SteppedTime _time = new();
    private readonly ServiceProvider _engine;

    /// <param name="settings">The settings.</param>
    /// <param name="more">What is to take the place of the engine's own parts.</param>
    public EngineWay(IConfiguration settings, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection().AddSingleton(settings).AddSingleton<TimeProvider>(_time).AddLogging().AddShoes();
        more?.Invoke(services);
        _engine = services.BuildServiceProvider();
    }

    /// <summary>Has the engine compress at a level, or at its own where there is none.</summary>
    public static Action<IServiceCollection> CompressionLevel(string? level) => services =>
    {
        if (level is not null)
            services.AddSingleton(provider => provider.GetRequiredService<ShoeSettings>().Kafka with { CompressionLevel = int.Parse(level, CultureInfo.InvariantCulture) });
    };

    /// <summary>The tick that was produced last.</summary>
    public Tick LastTick { get; private set; }

    public async Task ProduceAsync(int shoes)
    {
        if (!TickSchedule.TryParse("*/10 * * * * *", new ShoeRate.Batch(shoes), out var schedule))
            throw new InvalidOperationException("The schedule is none.");
        var runner = ActivatorUtilities.CreateInstance<TickRunner>(_engine, new TickOptions { Schedule = schedule });
        _time.Step(Step);
        var report = (await runner.RunDueAsync(CancellationToken.None)).Single();
        if (report.Delivered != shoes)
            throw new InvalidOperationException($"{report.Delivered} of {shoes} shoes were delivered: {report.Failure}");
        LastTick = report.Tick;
    }

    public void Dispose() => _engine.Dispose();
}
