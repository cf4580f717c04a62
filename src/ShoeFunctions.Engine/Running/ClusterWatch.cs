using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Engine.Running;

/// <summary>Notices when the brokers turn out to be another cluster than the one whose progress is kept.</summary>
public sealed partial class ClusterWatch(IProgressStore progress, KafkaOptions kafka, ILogger<ClusterWatch> logger)
{
    private string? _cluster;

    /// <summary>
    /// Whether the brokers are another cluster than the one whose mark said what is due. They are asked once a
    /// tick was delivered: then the question costs next to nothing, and nothing at all while they are down.
    /// </summary>
    /// <param name="cluster">The cluster's id as the brokers tell it; null where they do not.</param>
    public async Task<bool> IsElsewhereAsync(string? cluster)
    {
        if (cluster is null || cluster == _cluster)
            return false;

        var move = await progress.UseClusterAsync(cluster, CancellationToken.None);
        if (move == ClusterMove.Untold)
            return false;

        _cluster = cluster;
        if (move == ClusterMove.TakenOver)
            Log.TakenOver(logger, kafka.BootstrapServers, cluster);
        if (move == ClusterMove.Found)
            Log.Found(logger, kafka.BootstrapServers, cluster);
        if (move == ClusterMove.Begun)
            Log.Begun(logger, kafka.BootstrapServers, cluster);
        return move is ClusterMove.Found or ClusterMove.Begun;
    }

    private static partial class Log
    {
        [LoggerMessage(105, LogLevel.Information, "the progress stored for {Servers} belongs to cluster {Cluster} from now on")]
        public static partial void TakenOver(ILogger logger, string servers, string cluster);

        [LoggerMessage(106, LogLevel.Warning, "{Servers} are cluster {Cluster}, which has progress of its own: production goes on from there")]
        public static partial void Found(ILogger logger, string servers, string cluster);

        [LoggerMessage(107, LogLevel.Warning, "{Servers} are another cluster than before, {Cluster}: production starts there with the current tick; the progress of the other one is kept")]
        public static partial void Begun(ILogger logger, string servers, string cluster);
    }
}
