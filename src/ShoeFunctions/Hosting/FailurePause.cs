namespace ShoeFunctions.Hosting;

/// <summary>
/// Holds back the run that the host starts at once after one that took longer than the schedule's step and failed: while
/// the brokers are down the app would run, and be paid for, without a break. The break is as long as that run was, so at most
/// half of the time is paid for.
/// </summary>
public sealed class FailurePause(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _until;

    /// <summary>Runs, and remembers how that ended.</summary>
    /// <exception cref="HeldBackException">It is too early.</exception>
    public async Task RunAsync(Func<Task> run)
    {
        var began = time.GetUtcNow();
        lock (_lock)
        {
            if (began < _until)
                throw new HeldBackException(_until);
        }

        try
        {
            await run();
            EndsWith(TimeSpan.Zero);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            EndsWith(time.GetUtcNow() - began);
            throw;
        }
    }

    private void EndsWith(TimeSpan pause)
    {
        lock (_lock)
            _until = time.GetUtcNow() + pause;
    }
}
