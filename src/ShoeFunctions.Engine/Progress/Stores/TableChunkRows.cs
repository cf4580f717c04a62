using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// Keeps the chunks of open ticks in a table: a partition an opened tick, <c>topic!tick!opening</c> with the tick in seconds
/// since 1970, and in it an entity a chunk, its key the first index. A person can read all of it: <c>Partitions</c> are
/// <c>partition,first offset,last offset,count</c>, separated by semicolons, <c>Latencies</c> those of <see cref="LatencyHistogram.ToString"/>.
/// </summary>
/// <param name="open">Opens the account; called when it is first used, and again where it threw.</param>
/// <param name="topic">The topic whose ticks' chunks these are; with wrong settings there is none to tell.</param>
/// <param name="time">The time.</param>
public sealed class TableChunkRows(Func<TableServiceClient> open, Func<string> topic, TimeProvider time) : IChunkRows
{
    /// <summary>The table's name. It is created with the first row.</summary>
    public const string TableName = "ShoeChunks";

    /// <summary>No topic has it in its name, and a table's keys may.</summary>
    private const char Separator = '!';

    /// <summary>So many entities can be changed in one step, all of the same partition.</summary>
    private const int MostAtOnce = 100;

    private static readonly string[] InShort = ["RowKey", nameof(ChunkRow.Count), nameof(ChunkRow.EndedAt), nameof(ChunkRow.Instance)];

    private static readonly string[] KeysAlone = ["PartitionKey", "RowKey"];

    /// <summary>Thousands of rows take a while.</summary>
    private static readonly TimeSpan LongestOperation = TimeSpan.FromSeconds(30);

    private readonly Lazy<TableClient> _table = new(() => open().GetTableClient(TableName), LazyThreadSafetyMode.PublicationOnly);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public Task<bool> AddAsync(OpenTick tick, ChunkRow row, CancellationToken cancellation) => RetryAsync(
        "write a chunk's row",
        async stop =>
        {
            try
            {
                await _table.Value.AddEntityAsync(Entity(tick, row), stop);
                return true;
            }
            catch (RequestFailedException there) when (there.ErrorCode == TableErrorCode.EntityAlreadyExists)
            {
                return false;
            }
            catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
            {
                await _table.Value.CreateIfNotExistsAsync(stop);
                await _table.Value.AddEntityAsync(Entity(tick, row), stop);
                return true;
            }
        },
        cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public Task<bool> HasAsync(Chunk chunk, OpenTick tick, CancellationToken cancellation) => RetryAsync(
        "read a chunk's row",
        async stop => (await _table.Value.GetEntityIfExistsAsync<TableEntity>(PartitionKey(tick), RowKey(chunk.First), KeysAlone, stop)).HasValue,
        cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public Task<IReadOnlyList<ChunkMark>> ListAsync(OpenTick tick, CancellationToken cancellation) => QueryAsync(
        tick, InShort, entity => new ChunkMark(FirstOf(entity), entity.GetInt32(nameof(ChunkRow.Count)) ?? 0, TimeOf(entity, nameof(ChunkRow.EndedAt)), entity.GetString(nameof(ChunkRow.Instance)) ?? ""), cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public Task<IReadOnlyList<ChunkRow>> ReadAsync(OpenTick tick, CancellationToken cancellation) => QueryAsync(tick, null, Row, cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public Task DeleteAsync(OpenTick tick, CancellationToken cancellation) => DeleteAsync(Filter(tick), cancellation);

    /// <inheritdoc/>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public Task SweepAsync(Tick before, CancellationToken cancellation) =>
        DeleteAsync(TableClient.CreateQueryFilter($"PartitionKey ge {topic() + Separator} and PartitionKey lt {topic() + Separator + Text(before)}"), cancellation);

    private Task<bool> DeleteAsync(string filter, CancellationToken cancellation) => RetryAsync(
        "delete chunks' rows",
        async stop =>
        {
            await foreach (var page in EntitiesAsync(filter, KeysAlone, stop))
                foreach (var partition in page.GroupBy(entity => entity.PartitionKey))
                    foreach (var some in partition.Chunk(MostAtOnce))
                        await DeleteAsync(some, stop);
            return true;
        },
        cancellation);

    /// <summary>Another instance may be deleting the same: then those that are left go one by one.</summary>
    private async Task DeleteAsync(TableEntity[] entities, CancellationToken cancellation)
    {
        try
        {
            await _table.Value.SubmitTransactionAsync(entities.Select(entity => new TableTransactionAction(TableTransactionActionType.Delete, entity, ETag.All)), cancellation);
        }
        catch (TableTransactionFailedException gone) when (gone.Status == 404)
        {
            foreach (var entity in entities)
                await _table.Value.DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ETag.All, cancellation);
        }
    }

    private Task<IReadOnlyList<T>> QueryAsync<T>(OpenTick tick, string[]? columns, Func<TableEntity, T> read, CancellationToken cancellation) => RetryAsync<IReadOnlyList<T>>(
        "read chunks' rows",
        async stop =>
        {
            var found = new List<T>();
            await foreach (var page in EntitiesAsync(Filter(tick), columns, stop))
                found.AddRange(page.Select(read));
            return found;
        },
        cancellation);

    /// <summary>Page by page, of 1,000 at most; nothing where there is no table yet.</summary>
    private async IAsyncEnumerable<IReadOnlyList<TableEntity>> EntitiesAsync(string filter, string[]? columns, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pages = _table.Value.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellation).AsPages().GetAsyncEnumerator(cancellation);
        await using (pages)
        {
            while (true)
            {
                try
                {
                    if (!await pages.MoveNextAsync())
                        yield break;
                }
                catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
                {
                    yield break;
                }

                yield return pages.Current.Values;
            }
        }
    }

    private Task<T> RetryAsync<T>(string name, Func<CancellationToken, Task<T>> operation, CancellationToken cancellation) =>
        new TableRetry(_table.Value, time, LongestOperation).RunAsync(name, operation, cancellation);

    private string PartitionKey(OpenTick tick) => string.Join(Separator, topic(), Text(tick.Tick), tick.Opening);

    private static string RowKey(int first) => first.ToString("D7", CultureInfo.InvariantCulture);

    private string Filter(OpenTick tick) => TableClient.CreateQueryFilter($"PartitionKey eq {PartitionKey(tick)}");

    /// <summary>Ten digits, so that the keys' order is that of time, from 2001 to 2286.</summary>
    private static string Text(Tick tick) => tick.UnixSeconds.ToString("D10", CultureInfo.InvariantCulture);

    private TableEntity Entity(OpenTick tick, ChunkRow row) => new(PartitionKey(tick), RowKey(row.First))
    {
        [nameof(row.Count)] = row.Count,
        [nameof(row.Bytes)] = row.Bytes,
        [nameof(row.StartedAt)] = row.StartedAt.ToUniversalTime(),
        [nameof(row.EndedAt)] = row.EndedAt.ToUniversalTime(),
        [nameof(row.Instance)] = row.Instance,
        [nameof(row.Latencies)] = row.Latencies.ToString(),
        [nameof(row.Partitions)] = string.Join(';', row.Partitions.Take(ProgressState.KnownPartitions).Select(partition => string.Create(
            CultureInfo.InvariantCulture, $"{partition.Partition},{partition.First},{partition.Last},{partition.Count}"))),
    };

    private ChunkRow Row(TableEntity entity)
    {
        try
        {
            return new ChunkRow(
                FirstOf(entity),
                entity.GetInt32(nameof(ChunkRow.Count)) ?? throw new FormatException(),
                entity.GetInt64(nameof(ChunkRow.Bytes)) ?? throw new FormatException(),
                TimeOf(entity, nameof(ChunkRow.StartedAt)),
                TimeOf(entity, nameof(ChunkRow.EndedAt)),
                entity.GetString(nameof(ChunkRow.Instance)) ?? "",
                LatencyHistogram.Parse(entity.GetString(nameof(ChunkRow.Latencies)) ?? "0"),
                [.. (entity.GetString(nameof(ChunkRow.Partitions)) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Partition)]);
        }
        catch (Exception broken) when (broken is FormatException or InvalidOperationException or OverflowException)
        {
            throw new FailureException(ProgressFailures.BrokenRow($"Row {entity.RowKey} of {entity.PartitionKey} in table {TableName}"), broken);
        }
    }

    private static PartitionOffsets Partition(string text) => text.Split(',') is [var partition, var first, var last, var count]
        ? new PartitionOffsets(Number(partition), long.Parse(first, CultureInfo.InvariantCulture), long.Parse(last, CultureInfo.InvariantCulture), Number(count))
        : throw new FormatException();

    private static int FirstOf(TableEntity entity) => Number(entity.RowKey);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static DateTimeOffset TimeOf(TableEntity entity, string column) => entity.GetDateTimeOffset(column) ?? throw new FormatException();
}
