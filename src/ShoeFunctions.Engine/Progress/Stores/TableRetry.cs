using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>How a table is used: what may go well the next time is done again, for a while.</summary>
/// <param name="table">The table.</param>
/// <param name="time">The time.</param>
/// <param name="longest">How long an operation may take with all that is repeated.</param>
internal sealed class TableRetry(TableClient table, TimeProvider time, TimeSpan longest)
{
    private const int MostConflicts = 30;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Runs an operation from its beginning until it goes well: a write that is repeated must see first whether the
    /// one before was made after all.
    /// </summary>
    /// <exception cref="FailureException">The account did not answer well.</exception>
    public async Task<T> RunAsync<T>(string name, Func<CancellationToken, Task<T>> operation, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var (conflicts, faults) = (0, 0);
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                try
                {
                    return await operation(stop.Token);
                }
                catch (RequestFailedException conflict) when (ProgressFailures.IsConflict(conflict) && conflicts++ < MostConflicts)
                {
                }
                catch (Exception fault) when (ProgressFailures.IsPassing(fault) && !stop.IsCancellationRequested && faults++ == 0)
                {
                }

                await Task.Delay(Pause(time.GetElapsedTime(began), conflicts + faults), time, stop.Token);
            }
        }
        catch (Exception error) when (IsOfTheAccount(error))
        {
            cancellation.ThrowIfCancellationRequested();
            throw new FailureException(ProgressFailures.OfTable(error, name, table.Uri), error);
        }
    }

    /// <summary>A random pause, longer each time, and the longer the slower the account is: so that several writers get out of step.</summary>
    private static TimeSpan Pause(TimeSpan attempt, int attempts)
    {
        var longest = (1 << Math.Min(attempts, 4)) * attempt;
        longest = longest < ShortestPause ? ShortestPause : longest < LongestPause ? longest : LongestPause;
        return longest * (RandomNumberGenerator.GetInt32(1, 101) / 100.0);
    }

    private static bool IsOfTheAccount(Exception error) => error is
        RequestFailedException or AuthenticationFailedException or OperationCanceledException or AggregateException or HttpRequestException or IOException or JsonException;
}
