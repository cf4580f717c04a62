using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>
/// Stands in for the host's listener of one queue: takes messages, has each run, then deletes it, shows it again or puts it
/// into the poison queue. The original is QueueListener and QueueProcessor of Microsoft.Azure.WebJobs.Extensions.Storage.Queues
/// 5.3 (Azure/azure-sdk-for-net, sdk/storage), which an app brings for its host; it also jitters the waits between two looks.
/// </summary>
internal sealed class QueueListener : IAsyncDisposable
{
    private const string PoisonSuffix = "-poison";
    private const int LongestName = 63;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    private readonly QueueOptions _options;
    private readonly QueueClient _queue;
    private readonly QueueClient? _poison;
    private readonly Func<QueueMessage, CancellationToken, Task<WorkerProcess.Invocation>> _run;
    private readonly Task? _workerLeft;
    private readonly ConcurrentQueue<Run> _runs = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly CancellationTokenSource _killed = new();
    private readonly Task _listening;
    private bool _exists;

    /// <summary>A message that was run, as it was taken, and what became of the invocation.</summary>
    public sealed record Run(QueueMessage Message, WorkerProcess.Invocation Invocation);

    /// <summary>Begins to listen; a queue that is not there is waited for.</summary>
    /// <param name="connectionString">The account.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="options">What host.json says.</param>
    /// <param name="run">Runs a message; cancelled when the host is killed.</param>
    /// <param name="workerLeft">No more messages are taken when it has completed.</param>
    public QueueListener(
        string connectionString, string queue, QueueOptions options,
        Func<QueueMessage, CancellationToken, Task<WorkerProcess.Invocation>> run, Task? workerLeft = null)
    {
        (_options, _run, _workerLeft) = (options, run, workerLeft);
        var client = new QueueClientOptions { MessageEncoding = options.MessageEncoding };
        client.MessageDecodingFailed += async undecoded => await PutAsideAsync(undecoded.ReceivedMessage, PoisonQueue(connectionString, queue, new QueueClientOptions()));
        _queue = new QueueClient(connectionString, queue, client);
        _poison = PoisonQueue(connectionString, queue, client);
        _listening = ListenAsync();
    }

    /// <summary>What has run so far, in the order in which it was over and its message dealt with.</summary>
    public IReadOnlyCollection<Run> Runs => _runs;

    /// <summary>Stops as a host does that is told to: takes nothing more, and waits for what runs and deals with it.</summary>
    public async Task StopAsync()
    {
        await _stopped.CancelAsync();
        await _listening;
    }

    /// <summary>
    /// Ends as a host does that is killed: what runs is neither waited for nor dealt with, and its message stays hidden for the
    /// rest of its time. Fails where the host would have ended itself before, as it does for trouble that it does not expect of
    /// its storage.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_killed.IsCancellationRequested)
            return;

        await _stopped.CancelAsync();
        await _killed.CancelAsync();
        await _listening;
    }

    private async Task ListenAsync()
    {
        var running = new List<Task>();
        try
        {
            var looks = 0;
            while (_workerLeft?.IsCompleted != true && !_stopped.IsCancellationRequested)
            {
                var taken = await TakeAsync();
                if (taken.Length == 0)
                {
                    await Task.Delay(WaitAfter(looks++), TimeProvider.System, _stopped.Token);
                    continue;
                }

                looks = 0;
                running.AddRange(taken.Select(DealWithAsync));
                while (running.Count > (_options.NewBatchThreshold ?? _options.BatchSize / 2 * Environment.ProcessorCount))
                {
                    var over = await Task.WhenAny(running);
                    running.Remove(over);
                    await over;
                }
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // It waited for messages.
        }

        await Task.WhenAll(running);
    }

    /// <summary>100 ms after the first look that finds nothing, then 200, 300, 500, 900 and so on.</summary>
    private TimeSpan WaitAfter(int looks) =>
        looks == 0 ? ShortestWait : TimeSpan.FromMilliseconds(Math.Min(_options.MaxPollingInterval.TotalMilliseconds, ShortestWait.TotalMilliseconds * (1 + Math.Pow(2, looks - 1))));

    private async Task<QueueMessage[]> TakeAsync()
    {
        try
        {
            _exists = _exists || await _queue.ExistsAsync(_stopped.Token);
            return _exists ? await _queue.ReceiveMessagesAsync(_options.BatchSize, _options.HiddenFor, _stopped.Token) : [];
        }
        catch (RequestFailedException error) when (error.Status >= 500 || IsGone(error))
        {
            _exists = false;
            return [];
        }
    }

    private async Task DealWithAsync(QueueMessage message)
    {
        try
        {
            // The host died while it ran, before it could deal with it.
            if (_poison is not null && message.DequeueCount > _options.MaxDequeueCount)
            {
                await PutAsideAsync(message, _poison);
                return;
            }

            var (invocation, renewed) = await RunAsync(message);
            await CompleteAsync(renewed, invocation.Status == StatusResult.Types.Status.Success);
            _runs.Enqueue(new Run(message, invocation));
        }
        catch (OperationCanceledException) when (_killed.IsCancellationRequested)
        {
            // Whoever listens next finds the message when its time is over.
        }
    }

    /// <summary>
    /// Runs a message, and renews its time meanwhile. A renewal under way is waited for: without the receipt that it answers, the
    /// message cannot be deleted, and is run again.
    /// </summary>
    private async Task<(WorkerProcess.Invocation Invocation, QueueMessage Renewed)> RunAsync(QueueMessage message)
    {
        using var over = new CancellationTokenSource();
        var renewing = RenewAsync(message, over.Token);
        WorkerProcess.Invocation invocation;
        try
        {
            invocation = await _run(message, _killed.Token).WaitAsync(_killed.Token);
        }
        finally
        {
            await over.CancelAsync();
        }

        return (invocation, await renewing);
    }

    private async Task CompleteAsync(QueueMessage message, bool success)
    {
        if (success)
            await DeleteAsync(message);
        else if (_poison is null)
            return; // It stays hidden for the rest of its time: shown at once, it would fail again and again.
        else if (message.DequeueCount >= _options.MaxDequeueCount)
            await PutAsideAsync(message, _poison);
        else
            await IfStillOursAsync(() => _queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: _options.VisibilityTimeout, cancellationToken: _killed.Token));
    }

    private async Task<QueueMessage> RenewAsync(QueueMessage message, CancellationToken over)
    {
        try
        {
            await IfStillOursAsync(async () =>
            {
                while (true)
                {
                    await Task.Delay(_options.HiddenFor / 2, TimeProvider.System, over);
                    message = message.Update(await _queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: _options.HiddenFor, cancellationToken: _killed.Token));
                }
            });
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested || _killed.IsCancellationRequested)
        {
            // The run is over.
        }

        return message;
    }

    private async Task PutAsideAsync(QueueMessage message, QueueClient? poison)
    {
        if (poison is null)
            return;

        try
        {
            await poison.SendMessageAsync(message.Body, cancellationToken: _killed.Token);
        }
        catch (RequestFailedException error) when (error.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await poison.CreateAsync(cancellationToken: _killed.Token);
            await poison.SendMessageAsync(message.Body, cancellationToken: _killed.Token);
        }

        await DeleteAsync(message);
    }

    private Task DeleteAsync(QueueMessage message) => IfStillOursAsync(() => _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, _killed.Token));

    /// <summary>A message that somebody else has taken meanwhile is theirs, and one that is gone needs nothing.</summary>
    private static async Task IfStillOursAsync(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (RequestFailedException error) when (error.ErrorCode == QueueErrorCode.PopReceiptMismatch || error.ErrorCode == QueueErrorCode.MessageNotFound || IsGone(error))
        {
        }
    }

    private static bool IsGone(RequestFailedException error) => error.ErrorCode == QueueErrorCode.QueueNotFound || error.ErrorCode == QueueErrorCode.QueueBeingDeleted;

    private static QueueClient? PoisonQueue(string connectionString, string queue, QueueClientOptions client) =>
        queue.EndsWith(PoisonSuffix, StringComparison.Ordinal) || queue.Length + PoisonSuffix.Length > LongestName ? null : new QueueClient(connectionString, queue + PoisonSuffix, client);
}
