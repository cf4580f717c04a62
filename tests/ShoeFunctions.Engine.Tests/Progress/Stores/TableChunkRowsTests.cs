using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Ticks;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

[Collection(AzuriteTests.Name)]
public sealed class TableChunkRowsTests(Azurite azurite)
{
    private readonly string _topic = azurite.NextTopic();

    /// <summary>What the rows are in.</summary>
    private TableClient Table => new TableServiceClient(azurite.ConnectionString).GetTableClient(TableChunkRows.TableName);

    /// <summary>Of the rows of the first tick.</summary>
    private string PartitionKey => $"{_topic}!{First.UnixSeconds}!o1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_is_written_once_and_read_as_it_was()
    {
        var (rows, tick) = (Open(), Opened(First));
        var row = Row(tick, 10);
        Assert.False(await rows.HasAsync(new Chunk(tick.Tick, 10, 10), tick, Stop));
        Assert.True(await rows.AddAsync(tick, row, Stop));
        Assert.False(await Open().AddAsync(tick, row with { Bytes = 1 }, Stop));
        Assert.True(await rows.HasAsync(new Chunk(tick.Tick, 10, 10), tick, Stop));
        Assert.False(await rows.HasAsync(new Chunk(tick.Tick, 0, 10), tick, Stop));

        var read = Assert.Single(await rows.ReadAsync(tick, Stop));
        Assert.Equal($"{row with { Partitions = [], Latencies = read.Latencies }}", $"{read with { Partitions = [] }}");
        Assert.Equal(row.Partitions.AsEnumerable(), read.Partitions);
        Assert.Equal(row.Latencies.ToString(), read.Latencies.ToString());
        Assert.Equal(new ChunkMark(10, 10, row.EndedAt, "here/1"), Assert.Single(await rows.ListAsync(tick, Stop)));
    }

    [Fact]
    public async Task More_rows_than_a_page_has_are_all_found_and_all_deleted()
    {
        var (rows, tick, other) = (Open(), Opened(First, shoes: 11_050), Opened(First, opening: "other"));
        await Parallel.ForEachAsync(tick.Chunks, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (chunk, stop) => Assert.True(await rows.AddAsync(tick, Row(tick, chunk.First), stop)));
        await rows.AddAsync(other, Row(other, 0), Stop);
        Assert.Equal(1105, tick.ChunkCount);
        Assert.Equal(tick.Chunks.Select(chunk => chunk.First), (await rows.ListAsync(tick, Stop)).Select(mark => mark.First));
        var report = tick.ReportOf(await rows.ReadAsync(tick, Stop));
        Assert.Equal((11_050, 11_050, 1105 * 100L), (report.Shoes, report.Delivered, report.Bytes));

        await rows.DeleteAsync(tick, Stop);
        Assert.Empty(await rows.ListAsync(tick, Stop));
        Assert.Single(await rows.ListAsync(other, Stop));
    }

    [Fact]
    public async Task What_is_left_over_of_old_ticks_is_swept_away_of_this_topic_alone()
    {
        var (rows, elsewhere) = (Open(), Open(azurite.NextTopic()));
        var (old, open) = (Opened(new Tick(First.UnixSeconds - 1)), Opened(First));
        foreach (var tick in (OpenTick[])[old, open])
            await rows.AddAsync(tick, Row(tick, 0), Stop);
        await elsewhere.AddAsync(old, Row(old, 0), Stop);
        await rows.SweepAsync(First, Stop);
        Assert.Equal((0, 1, 1), ((await rows.ListAsync(old, Stop)).Count, (await rows.ListAsync(open, Stop)).Count, (await elsewhere.ListAsync(old, Stop)).Count));
    }

    [Fact]
    public async Task Where_nothing_was_ever_written_there_is_nothing()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        var table = new TableServiceClient(azurite.ConnectionString);
        await table.DeleteTableAsync(TableChunkRows.TableName, Stop);
        var (rows, tick) = (Open(), Opened(First));
        Assert.False(await rows.HasAsync(new Chunk(tick.Tick, 0, 10), tick, Stop));
        Assert.Empty(await rows.ListAsync(tick, Stop));
        await rows.DeleteAsync(tick, Stop);
        Assert.True(await rows.AddAsync(tick, Row(tick, 0), Stop));
        Assert.Single(await rows.ListAsync(tick, Stop));
    }

    [Fact]
    public async Task Two_that_delete_the_same_rows_leave_none_and_neither_fails()
    {
        for (var round = 0; round < 5; round++)
        {
            var (rows, tick) = (Open(), Opened(First, shoes: 500, opening: $"o{round}"));
            foreach (var chunk in tick.Chunks)
                await rows.AddAsync(tick, Row(tick, chunk.First), Stop);
            await Task.WhenAll(rows.DeleteAsync(tick, Stop), Open().DeleteAsync(tick, Stop), Open().DeleteAsync(tick, Stop));
            Assert.Empty(await rows.ListAsync(tick, Stop));
        }
    }

    [Fact]
    public async Task Where_another_has_just_deleted_one_of_the_rows_the_others_are_deleted_one_by_one()
    {
        var tick = Opened(First);
        var gone = new List<string>();
        var options = new TableClientOptions();
        options.AddPolicy(new BeforeTransactions(() =>
        {
            gone.Add($"{10 * gone.Count:0000000}");
            return Table.DeleteEntityAsync(PartitionKey, gone[^1], cancellationToken: Stop);
        }), HttpPipelinePosition.PerCall);
        var rows = Open(options: options);
        foreach (var chunk in tick.Chunks)
            await rows.AddAsync(tick, Row(tick, chunk.First), Stop);
        await rows.DeleteAsync(tick, Stop);
        Assert.Equal(["0000000"], gone);
        Assert.Empty(await rows.ListAsync(tick, Stop));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_named()
    {
        var (rows, tick) = (Open(), Opened(First));
        await rows.AddAsync(tick, Row(tick, 0), Stop);
        await Table.UpsertEntityAsync(new TableEntity(PartitionKey, "0000000") { ["Latencies"] = "much" }, TableUpdateMode.Merge, Stop);
        var failure = (await Assert.ThrowsAsync<FailureException>(() => rows.ReadAsync(tick, Stop))).Failure;
        Assert.Equal((FailureKind.Invalid, "broken", false), (failure.Kind, failure.Code, failure.Recoverable));
        Assert.Contains($"Row 0000000 of {_topic}!{First.UnixSeconds}!o1 in table ShoeChunks", failure.Advice);
    }

    private static OpenTick Opened(Tick tick, int shoes = 30, string opening = "o1") => new(tick, shoes, 10, 0, opening, tick.Time, tick.Time);

    private static ChunkRow Row(OpenTick tick, int first)
    {
        var latencies = new LatencyHistogram();
        latencies.Record(TimeSpan.FromMicroseconds(1234));
        return new ChunkRow(first, 10, 100, tick.OpenedAt.AddMilliseconds(first), tick.OpenedAt.AddMilliseconds(first + 5.25), "here/1", latencies, [new(0, 5, 9, 4), new(3, 1L << 40, (1L << 40) + 5, 6)]);
    }

    private TableChunkRows Open(string? topic = null, TableClientOptions? options = null)
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        return new TableChunkRows(() => new TableServiceClient(azurite.ConnectionString, options), () => topic ?? _topic, TimeProvider.System);
    }

    /// <summary>Has something happen before each transaction is sent.</summary>
    private sealed class BeforeTransactions(Func<Task> happen) : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
                await happen();
            await ProcessNextAsync(message, pipeline);
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
    }
}
