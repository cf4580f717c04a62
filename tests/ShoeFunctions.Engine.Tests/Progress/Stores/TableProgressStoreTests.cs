using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

[Collection(AzuriteTests.Name)]
public sealed class TableProgressStoreTests(Azurite azurite) : EarlierProgressFacts
{
    private readonly string _topic = azurite.NextTopic();

    protected override IProgressStore Open() => Open(azurite.ConnectionString, _topic);

    protected override IProgressStore OpenAs(string cluster, EarlierProgress? earlier = null) => Open(azurite.ConnectionString, _topic, cluster, earlier);

    protected override async Task KeepAsEarlierAsync(ProgressState state)
    {
        await Open().UpdateAsync(_ => state, Stop);
        var table = Account().GetTableClient(TableProgressStore.TableName);
        var entity = (await table.GetEntityAsync<TableEntity>(_topic, "localhost_9092", cancellationToken: Stop)).Value;
        await table.DeleteEntityAsync(_topic, "localhost_9092", cancellationToken: Stop);
        entity.RowKey = "progress";
        await table.AddEntityAsync(entity, Stop);
    }

    [Fact]
    public async Task What_was_written_without_a_cluster_goes_once_to_the_first_that_writes()
    {
        await KeepAsEarlierAsync(ProgressState.Empty.BeginningAt(First).With(Report(0)));
        Assert.Equal(10, (await Open().ReadAsync(Stop)).Delivered);
        Assert.Equal(20, (await Open().UpdateAsync(state => state.With(Report(1)), Stop)).Delivered);
        var other = new TableProgressStore(Account(), "other_9092", _topic, TimeProvider.System);
        AssertSame(ProgressState.Empty, await other.ReadAsync(Stop));
        await other.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        Assert.Equal((20, 10), ((await Open().ReadAsync(Stop)).Delivered, (await other.ReadAsync(Stop)).Delivered));
    }

    [Fact]
    public async Task One_cluster_under_two_names_has_one_state()
    {
        var (one, other) = (Open(), new TableProgressStore(Account(), "other_9092", _topic, TimeProvider.System));
        await one.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        Assert.Equal(ClusterMove.TakenOver, await one.UseClusterAsync("lkc/1", Stop));
        await other.UpdateAsync(state => state.BeginningAt(First).With(Report(3)), Stop);
        Assert.Equal(ClusterMove.Found, await other.UseClusterAsync("lkc/1", Stop));
        await one.UpdateAsync(state => state.With(Report(1)), Stop);
        await other.UpdateAsync(state => state.With(Report(2)), Stop);
        Assert.Equal((30, 30, 30), ((await one.ReadAsync(Stop)).Delivered, (await other.ReadAsync(Stop)).Delivered, (await Open().ReadAsync(Stop)).Delivered));
    }

    [Fact]
    public async Task The_table_is_made_by_the_first_write_even_where_several_are_first()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        await Account().DeleteTableAsync(TableProgressStore.TableName, Stop);
        AssertSame(ProgressState.Empty, await Open().ReadAsync(Stop));
        await WriteAtOnceAsync(writers: 4, updates: 1);

        await Account().DeleteTableAsync(TableProgressStore.TableName, Stop);
        Assert.Equal(ClusterMove.None, await Open().UseClusterAsync("lkc/1", Stop));
        Assert.Equal(ClusterMove.Begun, await Open().UseClusterAsync("lkc/2", Stop));
    }

    [Fact]
    public async Task Topics_do_not_mix()
    {
        await Open().UpdateAsync(state => state.With(Report(0)), Stop);
        AssertSame(ProgressState.Empty, await Open(azurite.ConnectionString, azurite.NextTopic()).ReadAsync(Stop));
    }

    [Fact]
    public async Task Eight_instances_that_write_fifty_times_each_lose_nothing() => await WriteAtOnceAsync(writers: 8, updates: 50);

    [Fact]
    public async Task A_person_can_read_the_columns()
    {
        await Open().UpdateAsync(_ => Full(2) with { SkippedTicks = 3 }, Stop);
        var entity = (await Account().GetTableClient("ShoeProgress").GetEntityAsync<TableEntity>(_topic, "localhost_9092", cancellationToken: Stop)).Value;
        Assert.Equal((1, 2L, 2000L, 0L, 3L, 100_000L), (
            entity.GetInt32("Version"), entity.GetInt64("Ticks"), entity.GetInt64("Delivered"), entity.GetInt64("Failed"), entity.GetInt64("SkippedTicks"), entity.GetInt64("Bytes")));
        Assert.Equal(First.Time.AddSeconds(1), entity.GetDateTimeOffset("HighWater"));
        Assert.Equal(First.Time.AddMilliseconds(1.25), entity.GetDateTimeOffset("Since"));
        Assert.Equal("1795442400,12500,1000,1000,12.345,3.21,9.876,11.5;1795442401,12500,1000,1000,12.345,3.21,9.876,11.5", entity.GetString("Recent"));
        Assert.Equal("a0b1c2d3,0;e4f5a6b7,1", entity.GetString("Writers"));
        Assert.Equal("1795442400,2000,2000", entity.GetString("Load"));
        Assert.False(entity.ContainsKey("LastFailure") || entity.ContainsKey("OtherWriter"));

        await Open().UpdateAsync(state => state.With(Report(2, delivered: 9)) with { OtherWriter = new OtherWriter("shoes/e4f5a6b7", First.Time) }, Stop);
        entity = (await Account().GetTableClient("ShoeProgress").GetEntityAsync<TableEntity>(_topic, "localhost_9092", cancellationToken: Stop)).Value;
        Assert.Equal("1795442402,2026-11-23T14:00:02.0135950Z,Kafka,produce,Network,Local_Transport,True,Look, and wait.", entity.GetString("LastFailure"));
        Assert.Equal("shoes/e4f5a6b7,2026-11-23T14:00:00.0000000Z", entity.GetString("OtherWriter"));
    }

    [Theory]
    [InlineData("Version", 2, "newer-version")]
    [InlineData("Version", "1", "broken")]
    [InlineData("Delivered", "many", "broken")]
    [InlineData("HighWater", "noon", "broken")]
    [InlineData("Recent", null, "broken")]
    [InlineData("LastFailure", 12, "broken")]
    [InlineData("OtherWriter", 12, "broken")]
    public async Task An_entity_that_cannot_be_read_is_told_and_kept(string column, object? value, string code)
    {
        await Open().UpdateAsync(_ => Full(2), Stop);
        var table = Account().GetTableClient(TableProgressStore.TableName);
        var entity = (await table.GetEntityAsync<TableEntity>(_topic, "localhost_9092", cancellationToken: Stop)).Value;
        entity[column] = value;
        await table.UpdateEntityAsync(entity, entity.ETag, TableUpdateMode.Replace, Stop);
        var etag = (await table.GetEntityAsync<TableEntity>(_topic, "localhost_9092", cancellationToken: Stop)).Value.ETag;

        foreach (var operation in (Func<Task>[])[() => Open().ReadAsync(Stop), () => Open().UpdateAsync(state => state.With(Report(2)), Stop)])
        {
            var failure = (await Assert.ThrowsAsync<FailureException>(operation)).Failure;
            Assert.Equal((FailureSource.ProgressStore, FailureKind.Invalid, code), (failure.Source, failure.Kind, failure.Code));
            Assert.StartsWith($"Entity {_topic} of table ShoeProgress", failure.Advice);
        }

        Assert.Equal(etag, (await table.GetEntityAsync<TableEntity>(_topic, "localhost_9092", cancellationToken: Stop)).Value.ETag);
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_showing_it()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        const string Key = "bm90IHRoZSBrZXkgYXQgYWxs";
        var store = Open($"AccountName=shoes;AccountKey={Key};TableEndpoint={new Uri(azurite.Endpoint, "shoes")}", _topic);
        var error = await Assert.ThrowsAsync<FailureException>(() => store.ReadAsync(Stop));

        // Azure's own code for it is AuthenticationFailed, Azurite's AuthorizationFailure.
        Assert.Equal((FailureKind.Authorization, "403"), (error.Failure.Kind, error.Failure.Code));
        Assert.DoesNotContain(Key, error.Message);
    }

    [Fact]
    public async Task The_writes_of_an_app_are_known_by_its_name_and_those_of_others_by_their_machine()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        async Task<string?> PlaceAsync(params (string Name, string Value)[] ofTheHost)
        {
            var values = ofTheHost.Append(("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")).Append(("SCHEMA_REGISTRY_URL", "http://localhost:8081"))
                .Append(("KAFKA_TOPIC", _topic)).Append(("AzureWebJobsStorage", azurite.ConnectionString)).ToDictionary(value => value.Item1, value => (string?)value.Item2);
            await using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build()).AddShoes()
                .BuildServiceProvider();
            return (await services.GetRequiredService<IProgressStore>().UpdateAsync(state => state, Stop)).Writers[^1].Place;
        }

        Assert.Equal("shoes-a", await PlaceAsync(("WEBSITE_SITE_NAME", "shoes-a")));
        Assert.Equal(ProgressWriter.PlaceOf(ProgressWriter.NewName(Environment.MachineName)), await PlaceAsync());
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_counts_once()
    {
        await Open().UpdateAsync(state => state.BeginningAt(First), Stop);
        await using var between = await StorageDouble.StartAsync(StorageDouble.Error(500, "unused"));
        between.Answer = between.Forward(azurite.Endpoint);
        using var store = new RememberingProgressStore(() => Open(Azurite.ConnectionStringOf(between.Endpoint), _topic), new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        await store.UpdateAsync(state => state.With(Report(0)), Stop);

        // The repeated write finds out by itself.
        var lost = 0;
        var (forward, hangUp) = (between.Answer, between.ForwardAndHangUp(azurite.Endpoint));
        between.Answer = context => context.Request.Method == "GET" || lost++ > 0 ? forward(context) : hangUp(context);
        await store.UpdateAsync(state => state.With(Report(1)), Stop);
        Assert.Equal((1, null), (lost, store.Failure));
        Assert.Equal(20, (await Open().ReadAsync(Stop)).Delivered);

        // Here not even that comes through: the next update finds out.
        lost = 0;
        between.Answer = context => lost > 0 ? StorageDouble.Error(503, "ServerBusy")(context) : context.Request.Method == "GET" ? forward(context) : HangUpOnce(context);
        Assert.Equal(30, (await store.UpdateAsync(state => state.With(Report(2)), Stop)).Delivered);
        Assert.Equal(FailureKind.ServerError, store.Failure!.Kind);
        Assert.Equal(30, (await Open().ReadAsync(Stop)).Delivered);
        between.Answer = forward;
        Assert.Equal(30, (await store.ReadAsync(Stop)).Delivered);
        await store.UpdateAsync(state => state.With(Report(3)), Stop);
        AssertState(await Open().ReadAsync(Stop));

        Task HangUpOnce(HttpContext context)
        {
            lost++;
            return hangUp(context);
        }

        void AssertState(ProgressState state)
        {
            Assert.Equal((40, 4, First.UnixSeconds + 3), (state.Delivered, state.Ticks, state.HighWater!.Value.UnixSeconds));
            Assert.Equal(4, state.Recent.Length);
        }
    }

    [Fact]
    public async Task Two_instances_of_which_one_is_cut_off_for_a_while_lose_nothing()
    {
        await using var between = await StorageDouble.StartAsync(StorageDouble.Error(500, "unused"));
        between.Answer = between.Forward(azurite.Endpoint);
        using var cut = new RememberingProgressStore(() => Open(Azurite.ConnectionStringOf(between.Endpoint), _topic), new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        using var other = new RememberingProgressStore(Open, new FakeTimeProvider(), NullLogger<RememberingProgressStore>.Instance);
        await cut.UpdateAsync(state => state.BeginningAt(First), Stop);

        between.Answer = StorageDouble.Error(503, "ServerBusy");
        for (var tick = 0; tick < 20; tick++)
        {
            Assert.Equal(tick, (await cut.ReadAsync(Stop)).Ticks);
            await cut.UpdateAsync(state => state.With(Report(tick)), Stop);
            await other.UpdateAsync(state => state.With(Report(tick, startedAfterMs: 100)), Stop);
        }

        Assert.NotNull(cut.Failure);
        between.Answer = between.Forward(azurite.Endpoint);
        var state = await cut.UpdateAsync(state => state.With(Report(20)), Stop);
        Assert.Null(cut.Failure);
        AssertSame(state, await other.ReadAsync(Stop));
        Assert.Equal((410, 41, 41, First.UnixSeconds + 20), (state.Delivered, state.Ticks, state.Recent.Length, state.HighWater!.Value.UnixSeconds));
    }

    private TableServiceClient Account() => StorageConnection.OpenTables(new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", azurite.ConnectionString)]).Build());

    /// <summary>A store with much patience, because a machine may have much to do besides.</summary>
    private static TableProgressStore Open(string connection, string topic, string cluster = "localhost_9092", EarlierProgress? earlier = null)
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        var account = new TableServiceClient(connection, new TableClientOptions { Retry = { MaxRetries = 0 } });
        return new TableProgressStore(account, cluster, topic, TimeProvider.System, earlier) { Longest = TimeSpan.FromMinutes(2) };
    }
}
