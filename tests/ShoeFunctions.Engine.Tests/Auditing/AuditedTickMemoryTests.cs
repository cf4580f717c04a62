using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

/// <summary>Looks at the memory of the whole process, so nothing else may run beside it.</summary>
[Collection(nameof(AuditedTickMemoryTests))]
[CollectionDefinition(nameof(AuditedTickMemoryTests), DisableParallelization = true)]
public sealed class AuditedTickMemoryTests
{
    [Theory]
    [InlineData("")]
    [InlineData("missing=10,repeated=10")]
    public void A_complete_tick_holds_no_memory(string faults)
    {
        using var engine = new TestEngine(("FAULTS", faults));
        var tick = new AuditedTick(new Tick(1795442410), Tick.MaxShoes, engine.Options, engine.Options.PlanFaults());
        var alive = GC.GetTotalMemory(forceFullCollection: true);
        var records = 0;
        for (var index = 0; index < Tick.MaxShoes; index++)
        {
            var its = tick.FaultsOf(index);
            for (var record = 0; record < its.Records; record++, records++)
                Assert.True(tick.See(index, its.RepeatedAfter is not null));
        }

        Assert.Equal(engine.Options.PlanFaults().RecordsOf(new Chunk(tick.Tick, 0, Tick.MaxShoes)), records);
        Assert.Equal(records, tick.Seen);
        Assert.False(tick.See(17, tick.FaultsOf(17).RepeatedAfter is not null));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, alive - Tick.MaxShoes / 8 / 2);
    }
}
