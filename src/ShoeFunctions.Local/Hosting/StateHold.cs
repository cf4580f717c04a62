using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Hosting;

/// <summary>
/// What lets one process of those that share a state folder produce. Each has hold of its servers' names; and, once the
/// brokers say which cluster they are, of that: one cluster may have several names.
/// </summary>
internal sealed class StateHold(
    string folder, string cluster, string topic, bool standsBy, ShoeConnections connections, TimeProvider time, ILogger<ProgressHold> logger) : IDisposable
{
    private ProgressHold? _names;
    private ProgressHold? _own;
    private string? _clusterId;

    /// <summary>Takes hold of the names at once where nobody has; a process that does not stand by fails where somebody has.</summary>
    /// <exception cref="CommandException">Another process has them, or the folder cannot be written to.</exception>
    public void TryTake() => _names = TryTake(cluster);

    /// <summary>Returns when this process may produce; to be asked before every run, because the brokers may be others after a while.</summary>
    /// <returns>Whether it stood by until then.</returns>
    /// <exception cref="CommandException">Another process produces to the cluster, and this one is not to stand by; or the folder cannot be written to.</exception>
    public async Task<bool> MayProduceAsync(CancellationToken stopping)
    {
        var stoodBy = _names is null;
        _names ??= await ProgressHold.TakeAsync(folder, cluster, topic, time, logger, stopping);
        if (cluster == ClusterName.Embedded || await ClusterIdAsync(stopping) is not { } clusterId || clusterId == _clusterId)
            return stoodBy;

        _own?.Dispose();
        var own = ClusterName.OfId(clusterId);
        _own = TryTake(own);
        stoodBy |= _own is null;
        _own ??= await ProgressHold.TakeAsync(folder, own, topic, time, logger, stopping);
        _clusterId = clusterId;
        return stoodBy;
    }

    public void Dispose()
    {
        _own?.Dispose();
        _names?.Dispose();
    }

    private ProgressHold? TryTake(string held)
    {
        try
        {
            return ProgressHold.TryTake(folder, held, topic) ?? (standsBy ? null : throw new CommandException(
                $"--state: another process produces topic {topic} with the progress in {Path.GetFullPath(folder)}: stop it first, or use another folder.", ExitCode.Failed));
        }
        catch (FailureException failure)
        {
            throw new CommandException($"--state: {failure.Message}", ExitCode.Failed);
        }
    }

    /// <summary>The brokers' id, or null where they do not tell it now: the next run asks again.</summary>
    private async Task<string?> ClusterIdAsync(CancellationToken stopping)
    {
        try
        {
            return await (await connections.SenderAsync(stopping)).ClusterIdAsync(IMessageSender.FirstAnswer);
        }
        catch (FailureException)
        {
            // The run meets the same, and says it.
            return null;
        }
    }
}
