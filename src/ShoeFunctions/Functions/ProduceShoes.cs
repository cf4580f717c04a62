using Microsoft.Azure.Functions.Worker;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Hosting;

namespace ShoeFunctions.Functions;

/// <summary>The timer: makes and delivers what is due. It fails where a tick was not delivered whole.</summary>
public sealed class ProduceShoes(TickRunner runner, FailurePause pause)
{
    /// <summary>Runs at every occurrence of the schedule.</summary>
    [Function(nameof(ProduceShoes))]
    public Task RunAsync([TimerTrigger("%PRODUCE_SCHEDULE%")] TimerInfo timer, CancellationToken cancellation) =>
        pause.RunAsync(async () =>
        {
            foreach (var report in await runner.RunDueAsync(cancellation))
                report.ThrowUnlessDelivered();
        });
}
