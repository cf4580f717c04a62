using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// Keeps progress in a table: one entity a topic and cluster, its columns those of <see cref="StoredProgress"/>. It lies
/// under the servers' names until the cluster's id is known; from then on under that, and the entity of the names holds
/// no more than the id. Earlier programs knew no cluster: their entity goes, in the same step, to the first that writes and
/// that it fits.
/// </summary>
public sealed class TableProgressStore(TableServiceClient account, string cluster, string topic, TimeProvider time, EarlierProgress? earlierProgress = null) : IProgressStore
{
    /// <summary>The table's name. It is created with the first write.</summary>
    public const string TableName = "ShoeProgress";

    /// <summary>Reading or writing ends within this time, so that it fits into the seconds a host has left to stop.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    private const string EarlierRowKey = "progress";
    private const string ClusterColumn = "Cluster";
    private readonly TableClient _table = account.GetTableClient(TableName);
    private string? _rowKey;

    private string Where => $"Entity {topic} of table {TableName}";

    /// <summary>How long reading or writing may take, for tests that let many write at once.</summary>
    internal TimeSpan Longest { get; init; } = Timeout;

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well, or what it holds cannot be read.</exception>
    public Task<ProgressState> ReadAsync(CancellationToken cancellation) =>
        RetryAsync(ProgressFailures.Reading, async stop => (await FindAsync(stop)).State, cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well, or what it holds cannot be read.</exception>
    public Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation) =>
        RetryAsync(
            ProgressFailures.Writing,
            async stop =>
            {
                var (rowKey, state, etag, earlier) = await FindAsync(stop);
                var changed = change(state);
                if (!ReferenceEquals(changed, state))
                    await WriteAsync(Entity(rowKey, StoredProgress.Of(changed)), etag, earlier, stop);
                return changed;
            },
            cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well, or what it holds cannot be read.</exception>
    public async Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        var move = await RetryAsync(ProgressFailures.Writing, stop => PointAsync(clusterId, stop), cancellation);
        _rowKey = ClusterName.OfId(clusterId);
        return move;
    }

    /// <summary>In one step, so that nobody finds the state twice, or not at all.</summary>
    private async Task<ClusterMove> PointAsync(string clusterId, CancellationToken cancellation)
    {
        var named = await FindAsync(cluster, cancellation);
        if (named?.GetString(ClusterColumn) == clusterId)
            return ClusterMove.None;

        var rowKey = ClusterName.OfId(clusterId);
        var own = await FindAsync(rowKey, cancellation);
        var isPointer = named?.ContainsKey(ClusterColumn) ?? false;
        var earlier = named is null ? await FindEarlierAsync(cancellation) : null;
        var pointer = new TableEntity(topic, cluster) { [ClusterColumn] = clusterId };
        var step = new List<TableTransactionAction>
        {
            named is null ? new(TableTransactionActionType.Add, pointer) : new(TableTransactionActionType.UpdateReplace, pointer, named.ETag),
        };
        var taken = own is null && !isPointer ? named ?? earlier : null;
        if (taken is not null)
            step.Add(new(TableTransactionActionType.Add, Entity(rowKey, StoredProgress.Of(State(taken)))));
        if (taken is not null && taken == earlier)
            step.Add(new(TableTransactionActionType.Delete, earlier, earlier.ETag));
        await _table.CreateIfNotExistsAsync(cancellation);
        await _table.SubmitTransactionAsync(step, cancellation);
        return own is not null ? ClusterMove.Found : taken is not null ? ClusterMove.TakenOver : isPointer ? ClusterMove.Begun : ClusterMove.None;
    }

    private async Task<(string RowKey, ProgressState State, ETag? ETag, TableEntity? Earlier)> FindAsync(CancellationToken cancellation)
    {
        var rowKey = _rowKey ?? cluster;
        var entity = await FindAsync(rowKey, cancellation);
        if (entity?.GetString(ClusterColumn) is { } clusterId)
            entity = await FindAsync(rowKey = ClusterName.OfId(clusterId), cancellation);
        if (entity is not null)
            return (rowKey, State(entity), entity.ETag, null);
        return rowKey == cluster && await FindEarlierAsync(cancellation) is { } earlier
            ? (rowKey, State(earlier), null, earlier) : (rowKey, ProgressState.Empty, null, null);
    }

    private async Task<TableEntity?> FindAsync(string rowKey, CancellationToken cancellation) =>
        await _table.GetEntityIfExistsAsync<TableEntity>(topic, rowKey, cancellationToken: cancellation) is { HasValue: true, Value: { } entity } ? entity : null;

    private async Task<TableEntity?> FindEarlierAsync(CancellationToken cancellation) =>
        await FindAsync(EarlierRowKey, cancellation) is { } earlier && earlierProgress?.Fits(State(earlier), Where) is not false ? earlier : null;

    private async Task WriteAsync(TableEntity entity, ETag? readAs, TableEntity? earlier, CancellationToken cancellation)
    {
        if (earlier is not null)
        {
            await _table.SubmitTransactionAsync(
                [new(TableTransactionActionType.Add, entity), new(TableTransactionActionType.Delete, earlier, earlier.ETag)], cancellation);
            return;
        }

        if (readAs is { } etag)
        {
            await _table.UpdateEntityAsync(entity, etag, TableUpdateMode.Replace, cancellation);
            return;
        }

        try
        {
            await _table.AddEntityAsync(entity, cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            await _table.CreateIfNotExistsAsync(cancellation);
            await _table.AddEntityAsync(entity, cancellation);
        }
    }

    private Task<T> RetryAsync<T>(string name, Func<CancellationToken, Task<T>> operation, CancellationToken cancellation) =>
        new TableRetry(_table, time, Longest).RunAsync(name, operation, cancellation);

    private TableEntity Entity(string rowKey, StoredProgress stored) => new(topic, rowKey)
    {
        [nameof(stored.Version)] = stored.Version,
        [nameof(stored.HighWater)] = stored.HighWater,
        [nameof(stored.Ticks)] = stored.Ticks,
        [nameof(stored.Delivered)] = stored.Delivered,
        [nameof(stored.Failed)] = stored.Failed,
        [nameof(stored.SkippedTicks)] = stored.SkippedTicks,
        [nameof(stored.Bytes)] = stored.Bytes,
        [nameof(stored.Since)] = stored.Since,
        [nameof(stored.LastDelivery)] = stored.LastDelivery,
        [nameof(stored.Recent)] = stored.Recent,
        [nameof(stored.Writers)] = stored.Writers,
        [nameof(stored.LastFailure)] = stored.LastFailure,
        [nameof(stored.LastFailureOver)] = stored.LastFailureOver,
        [nameof(stored.GivenUp)] = stored.GivenUp,
        [nameof(stored.OtherWriter)] = stored.OtherWriter,
        [nameof(stored.SkippedShoes)] = stored.SkippedShoes,
        [nameof(stored.Skipped)] = stored.Skipped,
        [nameof(stored.Partitions)] = stored.Partitions,
        [nameof(stored.Newest)] = stored.Newest,
        [nameof(stored.Open)] = stored.Open,
        [nameof(stored.Instances)] = stored.Instances,
        [nameof(stored.Load)] = stored.Load,
        [nameof(stored.RecoveredTicks)] = stored.RecoveredTicks,
    };

    private ProgressState State(TableEntity entity)
    {
        try
        {
            StoredProgress.CheckVersion(Version(entity), Where);
            return Stored(entity).ToState();
        }
        catch (FormatException broken)
        {
            throw new FailureException(ProgressFailures.Broken(Where), broken);
        }
    }

    private static int Version(TableEntity entity) => Column<int>(entity, nameof(StoredProgress.Version));

    private static StoredProgress Stored(TableEntity entity) => new()
    {
        Version = Version(entity),
        HighWater = Time(entity, nameof(StoredProgress.HighWater)),
        Ticks = Column<long>(entity, nameof(StoredProgress.Ticks)),
        Delivered = Column<long>(entity, nameof(StoredProgress.Delivered)),
        Failed = Column<long>(entity, nameof(StoredProgress.Failed)),
        SkippedTicks = Column<long>(entity, nameof(StoredProgress.SkippedTicks)),
        Bytes = Column<long>(entity, nameof(StoredProgress.Bytes)),
        Since = Time(entity, nameof(StoredProgress.Since)),
        LastDelivery = Time(entity, nameof(StoredProgress.LastDelivery)),
        Recent = Column<string>(entity, nameof(StoredProgress.Recent)),
        Writers = Column<string>(entity, nameof(StoredProgress.Writers)),
        LastFailure = Text(entity, nameof(StoredProgress.LastFailure)),
        LastFailureOver = Time(entity, nameof(StoredProgress.LastFailureOver)),
        GivenUp = Number(entity, nameof(StoredProgress.GivenUp)),
        OtherWriter = Text(entity, nameof(StoredProgress.OtherWriter)),
        SkippedShoes = Number(entity, nameof(StoredProgress.SkippedShoes)),
        Skipped = Text(entity, nameof(StoredProgress.Skipped)),
        Partitions = Text(entity, nameof(StoredProgress.Partitions)),
        Newest = Time(entity, nameof(StoredProgress.Newest)),
        Open = Text(entity, nameof(StoredProgress.Open)),
        Instances = Text(entity, nameof(StoredProgress.Instances)),
        Load = Text(entity, nameof(StoredProgress.Load)),
        RecoveredTicks = Number(entity, nameof(StoredProgress.RecoveredTicks)),
    };

    private static T Column<T>(TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) && value is T column ? column : throw new FormatException(name);

    /// <summary>A table keeps no empty columns.</summary>
    private static DateTimeOffset? Time(TableEntity entity, string name) => entity.ContainsKey(name) ? Column<DateTimeOffset>(entity, name) : null;

    private static string? Text(TableEntity entity, string name) => entity.ContainsKey(name) ? Column<string>(entity, name) : null;

    private static long? Number(TableEntity entity, string name) => entity.ContainsKey(name) ? Column<long>(entity, name) : null;
}
