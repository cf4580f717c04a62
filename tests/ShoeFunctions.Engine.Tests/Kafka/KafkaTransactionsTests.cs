using System.Collections.Concurrent;
using System.Reflection;
using Confluent.Kafka;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Engine.Tests.Kafka;

public sealed class KafkaTransactionsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_was_given_up_ends_before_the_next_one_begins()
    {
        using var engine = new TestEngine(("DELIVERY", "exactly-once"));
        using var goOn = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = new ConcurrentQueue<string>();
        var producer = DispatchProxy.Create<IProducer<byte[], byte[]>, Calls>();
        ((Calls)(object)producer).Heard = name =>
        {
            calls.Enqueue($"{name} begins");
            if (name == nameof(producer.SendOffsetsToTransaction))
            {
                begun.SetResult();
                goOn.Wait(Stop);
            }

            calls.Enqueue($"{name} ends");
        };
        var transactions = new KafkaTransactions(producer, engine.KafkaOptions, _ => Task.CompletedTask);

        using var giveUp = new CancellationTokenSource();
        var committing = transactions.CommitAsync(1, giveUp.Token);
        await begun.Task.WaitAsync(Wait.Patience, TimeProvider.System, Stop);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => committing);

        var aborting = transactions.AbortAsync(Stop);
        Assert.False(transactions.IsQuiet(TimeSpan.Zero));
        goOn.Set();
        await aborting.WaitAsync(Wait.Patience, TimeProvider.System, Stop);
        Assert.Equal(["SendOffsetsToTransaction begins", "SendOffsetsToTransaction ends", "AbortTransaction begins", "AbortTransaction ends"], calls);
        Assert.True(transactions.IsQuiet(TimeSpan.Zero));
    }

    public class Calls : DispatchProxy
    {
        public Action<string> Heard { get; set; } = _ => { };

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Heard(targetMethod!.Name);
            return null;
        }
    }
}
