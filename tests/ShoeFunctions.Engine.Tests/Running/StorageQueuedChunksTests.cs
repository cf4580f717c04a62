using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Tests.Progress.Stores;

namespace ShoeFunctions.Engine.Tests.Running;

[Collection(AzuriteTests.Name)]
public sealed class StorageQueuedChunksTests(Azurite azurite)
{
    private readonly string _storage = azurite.NextAccount();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_are_plain_text_that_never_expires_and_the_queue_is_made_with_the_first()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        var account = new QueueServiceClient(_storage);
        var queue = new StorageQueuedChunks(() => StorageConnection.OpenQueues(Settings(_storage)));
        Assert.False(await queue.IsWaitingAsync(Stop));
        Assert.Equal(0, await queue.CountPoisonedAsync(Stop));

        ChunkMessage[] sent = [.. Enumerable.Range(0, 100).Select(index => new ChunkMessage("js_shoe", "here_9092", DateTimeOffset.UnixEpoch, "o1", index, 1))];
        await queue.SendAsync(sent, Stop);
        Assert.True(await queue.IsWaitingAsync(Stop));

        var received = new List<Azure.Storage.Queues.Models.QueueMessage>();
        while ((await account.GetQueueClient(IQueuedChunks.Name).ReceiveMessagesAsync(32, cancellationToken: Stop)).Value is { Length: > 0 } some)
            received.AddRange(some);
        // A request whose answer is slow is made again by Azure's client: a message may come twice.
        Assert.Equal(sent, received.Select(message => ChunkMessage.Parse(message.Body.ToString())).DistinctBy(message => message.First).OrderBy(message => message.First));
        Assert.All(received, message => Assert.Equal(9999, message.ExpiresOn!.Value.Year));
        Assert.False(await queue.IsWaitingAsync(Stop));
    }

    [Fact]
    public async Task What_lies_in_the_poison_queue_is_counted()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        var poison = new QueueServiceClient(_storage).GetQueueClient(IQueuedChunks.PoisonName);
        await poison.CreateIfNotExistsAsync(cancellationToken: Stop);
        await poison.SendMessageAsync("anything", Stop);
        Assert.Equal(1, await new StorageQueuedChunks(() => StorageConnection.OpenQueues(Settings(_storage))).CountPoisonedAsync(Stop));
    }

    [Fact]
    public async Task A_queue_that_goes_while_messages_are_sent_is_a_failure_and_no_message_counts_as_sent()
    {
        Assert.SkipUnless(Azurite.IsThere, Azurite.WhyNot);
        await using var between = await StorageDouble.StartAsync(StorageDouble.Never);
        var sent = 0;
        between.Answer = context =>
        {
            if (context.Request.Method == "POST" && Interlocked.Increment(ref sent) > 2)
            {
                context.Response.StatusCode = 404;
                context.Response.Headers["x-ms-error-code"] = "QueueNotFound";
                return Task.CompletedTask;
            }

            return between.Forward(azurite.QueueEndpoint)(context);
        };
        var settings = Settings(_storage.Replace(azurite.QueueEndpoint.GetLeftPart(UriPartial.Authority), between.Endpoint.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        var queue = new StorageQueuedChunks(() => StorageConnection.OpenQueues(settings));
        ChunkMessage[] messages = [.. Enumerable.Range(0, 5).Select(index => new ChunkMessage("js_shoe", "here_9092", DateTimeOffset.UnixEpoch, "o1", index, 1))];
        var failure = (await Assert.ThrowsAsync<FailureException>(() => queue.SendAsync(messages, Stop))).Failure;
        Assert.Equal((FailureSource.ChunkQueue, FailureKind.NotFound), (failure.Source, failure.Kind));
    }

    [Fact]
    public async Task An_account_that_cannot_be_reached_is_said()
    {
        var queue = new StorageQueuedChunks(() => StorageConnection.OpenQueues(Settings("AccountName=shoes;AccountKey=c2VjcmV0;QueueEndpoint=http://127.0.0.1:1/shoes")));
        var failure = (await Assert.ThrowsAsync<FailureException>(() => queue.IsWaitingAsync(Stop))).Failure;
        Assert.Equal((FailureSource.ChunkQueue, FailureKind.Network, true), (failure.Source, failure.Kind, failure.Recoverable));
        Assert.DoesNotContain("c2VjcmV0", failure.Advice);
    }

    [Fact]
    public async Task Who_is_told_to_stop_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        await using var account = await StorageDouble.StartAsync(StorageDouble.NeverAndStop(stop));
        var queue = new StorageQueuedChunks(() => StorageConnection.OpenQueues(Settings($"AccountName=shoes;AccountKey=c2VjcmV0;QueueEndpoint={account.Endpoint}shoes")));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.IsWaitingAsync(stop.Token));
    }

    private static IConfiguration Settings(string connection) => new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", connection)]).Build();
}
