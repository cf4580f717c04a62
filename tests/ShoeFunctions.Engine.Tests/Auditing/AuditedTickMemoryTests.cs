using ShoeFunctions.Engine.Auditing;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Auditing;

/// <summary>Looks at the memory of the whole process, so nothing else may run beside it.</summary>
[Collection(nameof(AuditedTickMemoryTests))]
[CollectionDefinition(nameof(AuditedTickMemoryTests), DisableParallelization = true)]
public sealed class AuditedTickMemoryTests
{
    [Fact]
    public void A_complete_tick_holds_no_memory()
    {
        var tick = new AuditedTick(new Tick(1795442410), Tick.MaxShoes);
        var alive = GC.GetTotalMemory(forceFullCollection: true);
        for (var index = 0; index < Tick.MaxShoes; index++)
            Assert.True(tick.See(index));
        Assert.False(tick.See(17));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, alive - Tick.MaxShoes / 8 / 2);
    }
}
