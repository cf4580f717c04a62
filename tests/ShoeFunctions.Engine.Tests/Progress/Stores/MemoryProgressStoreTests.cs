using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class MemoryProgressStoreTests : ProgressStoreFacts
{
    private readonly MemoryProgressStore _store = new();

    protected override IProgressStore Open() => _store;
}
