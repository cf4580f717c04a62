using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Tests.Running;

/// <summary>An engine whose ticks are transactions, and what it has come to.</summary>
internal static class ExactlyOnceEngine
{
    public const int Batch = 20;

    public static TestEngine With(params (string, string)[] settings) => With(new MemoryProgressStore(), settings);

    public static TestEngine With(IProgressStore store, params (string, string)[] settings) =>
        new(store, [("DELIVERY", "exactly-once"), ("BATCH_SIZE", $"{Batch}"), .. settings]);

    public static async Task<(Tick? Mark, long Ticks, long? Delivered)> MarkAsync(TestEngine engine)
    {
        var state = await engine.Progress.ReadAsync(TestContext.Current.CancellationToken);
        return (state.Ticks == 0 ? null : state.HighWater, state.Ticks, state.Delivered == 0 ? null : state.Delivered);
    }
}
