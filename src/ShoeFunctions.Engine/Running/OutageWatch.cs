using Confluent.Kafka;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Delivery;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Running;

/// <summary>
/// Writes down that none of the brokers can be reached while a tick waits for them, and that they acknowledge again: whoever
/// looks meanwhile, in whichever process, is not told that all is well until the tick has run out of time.
/// </summary>
public sealed class OutageWatch(ShoeConnections connections, ShoeProducer producer, IProgressStore progress, KafkaOptions kafka, TimeProvider time)
{
    /// <summary>
    /// The client says it of a name with two addresses where the first one does not answer, too: what it says again after so
    /// long, with nothing acknowledged in between, is an outage.
    /// </summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked whether something was acknowledged, once there is an outage.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Runs a tick and watches the brokers meanwhile.</summary>
    public async Task<TickReport> WatchAsync(Tick tick, Func<Task<TickReport>> run)
    {
        using var ended = new CancellationTokenSource();
        var watched = new WatchedTick(tick, producer, progress, kafka, time, ended.Token);
        connections.BrokersDown += watched.OnBrokersDown;
        try
        {
            await using var timer = time.CreateTimer(_ => watched.OnLook(), null, Look, Look);
            return await run();
        }
        finally
        {
            connections.BrokersDown -= watched.OnBrokersDown;
            // The report of the tick is written next: it says all that is still to be said.
            await ended.CancelAsync();
            await watched.CloseAsync();
        }
    }

    private sealed class WatchedTick(Tick tick, ShoeProducer producer, IProgressStore progress, KafkaOptions kafka, TimeProvider time, CancellationToken ended)
    {
        private readonly Lock _lock = new();
        private readonly long _started = time.GetTimestamp();
        private Task _written = Task.CompletedTask;
        private (long At, int Acknowledged)? _first;
        private bool _isDown;

        /// <summary>Comes dozens of times a second, on the client's own thread.</summary>
        public void OnBrokersDown(IMessageSender sender)
        {
            lock (_lock)
            {
                if (_first is not { } first || first.Acknowledged != producer.Acknowledged)
                {
                    _first = (time.GetTimestamp(), producer.Acknowledged);
                    return;
                }

                if (_isDown || time.GetElapsedTime(first.At) < Doubt)
                    return;

                _isDown = true;
                var failed = new FailedRun(
                    tick, time.GetUtcNow(), KafkaFailures.Of(ErrorCode.Local_AllBrokersDown, sender.ErrorsSince(_started), kafka));
                Write(state => state.Failing(failed));
            }
        }

        public void OnLook()
        {
            lock (_lock)
            {
                if (!_isDown || _first?.Acknowledged == producer.Acknowledged)
                    return;

                (_isDown, _first) = (false, null);
                var now = time.GetUtcNow();
                Write(state => state.Acknowledging(now));
            }
        }

        /// <summary>Waits for what is being written down, so that the report comes after it. Nothing new is begun.</summary>
        public Task CloseAsync()
        {
            lock (_lock)
                return _written;
        }

        private void Write(Func<ProgressState, ProgressState> change) => _written = WriteAfterAsync(_written, change);

        private async Task WriteAfterAsync(Task before, Func<ProgressState, ProgressState> change)
        {
            await before;
            try
            {
                // Elsewhere than on the client's thread.
                await Task.Run(() => progress.UpdateAsync(change, ended), ended);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
            }
            catch (FailureException)
            {
                // The report is to be written to the same store, and whoever does it is told.
            }
        }
    }
}
