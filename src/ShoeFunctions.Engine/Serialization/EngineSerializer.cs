using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Engine.Serialization;

/// <summary>The engine's own serialiser: writes frames straight, for subjects without data-contract rules.</summary>
public sealed class EngineSerializer(ShoeSubject subject) : IShoeSerializer, IDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private readonly BytesByLength _frames = new();
    private ShoeFrame? _frame;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellation)
    {
        if (_frame is not null)
            return;

        await _once.WaitAsync(cancellation);
        try
        {
            // On another thread, because a first request loads and compiles a good deal before it waits for the network.
            _frame ??= new ShoeFrame(await Task.Run(() => SchemaIdAsync(cancellation), cancellation));
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> SerializeAsync(GeneratedShoe shoe)
    {
        var bytes = _frames[ShoeFrame.Length(shoe)];
        _frame!.Write(shoe, bytes);
        return new(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    private async Task<int> SchemaIdAsync(CancellationToken cancellation)
    {
        // In this order, because a registry gives a new version the rules of the one before, or its default ones.
        var id = await subject.ResolveAsync(cancellation);
        await subject.RefuseRulesAsync(cancellation);
        return id;
    }
}
