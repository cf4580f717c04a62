using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>A vault that holds what it is given, or fails as it is told to.</summary>
internal sealed class VaultDouble : IVault
{
    private int _reads;

    public Dictionary<string, string> Secrets { get; } = [];

    public Failure? Fault { get; set; }

    /// <summary>What an answer waits for.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    /// <summary>How often a secret was asked for.</summary>
    public int Reads => _reads;

    public async Task<string?> ReadAsync(string name, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        await Answering.WaitAsync(cancellation);
        return Fault is { } fault ? throw new FailureException(fault) : Secrets.GetValueOrDefault(name);
    }
}
