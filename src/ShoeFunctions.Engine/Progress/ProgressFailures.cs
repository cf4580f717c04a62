using System.Security.Authentication;
using Azure;
using Azure.Data.Tables.Models;
using Azure.Identity;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Engine.Progress;

/// <summary>Turns what progress stores meet into a <see cref="Failure"/>: by type and code, never by message text.</summary>
internal static class ProgressFailures
{
    public const string Reading = "read progress";

    public const string Writing = "write progress";

    /// <summary>What the tables' client threw.</summary>
    public static Failure OfTable(Exception error, string operation, Uri table) => OfStorage(error, FailureSource.ProgressStore, operation, table, "table");

    /// <summary>What the queues' client threw.</summary>
    public static Failure OfQueue(Exception error, string operation, Uri queue) => OfStorage(error, FailureSource.ChunkQueue, operation, queue, "queue");

    private static Failure OfStorage(Exception error, FailureSource source, string operation, Uri address, string service)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) => new(source, operation, kind, code, recoverable, advice);

        var at = $"The storage account at {address.GetLeftPart(UriPartial.Authority)}";
        return error switch
        {
            RequestFailedException { Status: 403, ErrorCode: "KeyBasedAuthenticationNotPermitted" } => As(FailureKind.Authentication, "403", false,
                $"{at} accepts no account key: use the app's identity, with AzureWebJobsStorage__accountName instead of AzureWebJobsStorage."),
            RequestFailedException { Status: 401 } or RequestFailedException { Status: 403, ErrorCode: "AuthenticationFailed" } => As(
                FailureKind.Authentication, $"{((RequestFailedException)error).Status}", false,
                $"{at} rejected the app's credentials: check the account key in AzureWebJobsStorage, or that the app's identity is in the account's tenant."),
            RequestFailedException { Status: 403 } => As(FailureKind.Authorization, "403", false,
                $"{at} does not let the app use its {service}s: grant the app's identity the role Storage {char.ToUpperInvariant(service[0])}{service[1..]} Data Contributor, and check the account's firewall."),
            RequestFailedException { Status: 404 } => As(FailureKind.NotFound, "404", false,
                $"{at} has no {service} service: check AzureWebJobsStorage, and that this kind of account has {service}s."),
            RequestFailedException { Status: 408 } => As(FailureKind.Timeout, "408", true, $"{at} did not receive the request in time: wait a moment."),
            RequestFailedException { Status: (409 or 412) and var status } => As(FailureKind.Timeout, $"{status}", true,
                $"{at} was always written by another instance first: wait a moment."),
            RequestFailedException { Status: 429 } => As(FailureKind.RateLimited, "429", true, $"{at} receives too many requests: let fewer apps use it, or wait a moment."),
            RequestFailedException { Status: >= 500 and var status } => As(FailureKind.ServerError, $"{status}", true,
                $"{at} had an internal error ({status}): see Azure's status page."),
            RequestFailedException { Status: > 0 and var status } => As(FailureKind.Unknown, $"{status}", false,
                $"{at} answered {status}, which is not the answer of a {service}: check AzureWebJobsStorage."),
            CredentialUnavailableException => As(FailureKind.Authentication, "no-identity", false,
                $"{at} needs an identity, and there is none here: give the app a managed identity, or sign in with a developer tool."),
            AuthenticationFailedException => As(FailureKind.Authentication, "no-token", false,
                $"{at} cannot be used, because the app's identity got no token: check AzureWebJobsStorage__clientId and that the identity is assigned to the app."),
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true,
                $"{at} did not answer in time: check AzureWebJobsStorage and the network's firewall rules."),
            AggregateException { InnerException: { } inner } => OfStorage(inner, source, operation, address, service),
            _ when MachineLimits.Of(error, source, operation) is { } reached => reached,
            RequestFailedException { InnerException: HttpRequestException { InnerException: AuthenticationException } } => As(FailureKind.Tls, "tls", false,
                $"{at} has a certificate that this machine does not trust: check the address and the trusted certificate authorities."),
            RequestFailedException or HttpRequestException or IOException => As(FailureKind.Network, "unreachable", true,
                $"{at} cannot be reached: check AzureWebJobsStorage, and that this machine can reach the account."),
            _ => As(FailureKind.Unknown, error.GetType().Name, false, $"{at} gave an answer that cannot be read: check AzureWebJobsStorage."),
        };
    }

    /// <summary>Whether another instance's write was faster.</summary>
    public static bool IsConflict(RequestFailedException error) =>
        error.Status is 409 or 412 || (error.Status == 404 && error.ErrorCode == TableErrorCode.ResourceNotFound);

    /// <summary>Whether the same may go well at once.</summary>
    public static bool IsPassing(Exception error) =>
        error is RequestFailedException { Status: 0 or 408 or 429 or >= 500 } or OperationCanceledException or HttpRequestException or IOException;

    /// <summary>What the file system threw.</summary>
    public static Failure OfFile(Exception error, string operation, string path)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.ProgressStore, operation, kind, code, recoverable, advice);

        return error switch
        {
            UnauthorizedAccessException => As(FailureKind.Authorization, "access-denied", false,
                $"File {path} cannot be read or written: check its permissions for the user that this runs as."),
            DirectoryNotFoundException or PathTooLongException => As(FailureKind.NotFound, "no-folder", false, $"File {path} cannot be created there: choose another folder."),
            IOException held when IsHeld(held) => As(FailureKind.Timeout, "locked", true,
                $"File {path} stayed locked by another process: check whether one that uses it hangs."),
            _ => MachineLimits.Of(error, FailureSource.ProgressStore, operation)
                ?? As(FailureKind.ServerError, "io", true, $"File {path} cannot be read or written: check whether the disk is full or broken."),
        };
    }

    /// <summary>Whether a file is open elsewhere: EWOULDBLOCK on Linux and macOS, a sharing violation on Windows.</summary>
    public static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>
    /// What was written down is ahead of the clock by more than the next tick, so that nothing is due; or null. Two
    /// machines' clocks may differ by a little.
    /// </summary>
    public static Failure? Ahead(ProgressState state, TickSchedule schedule, DateTimeOffset now) =>
        state.HighWater is { } mark && schedule.Next(now) is { } next && mark > next
            ? new Failure(FailureSource.ProgressStore, Reading, FailureKind.Clock, "mark-ahead", false,
                $"The high-water mark is {mark}, but this machine's clock says {Tick.At(now)}: nothing is produced until {schedule.Next(mark)?.ToString() ?? "then"}, so that no tick "
                + "is produced twice. If this clock is wrong, set it. If it is right, another machine's clock was ahead: wait, or delete the stored progress "
                + "to start again with the current tick and totals of zero.")
            : null;

    /// <summary>Another program writes the same progress from another place.</summary>
    public static Failure TwoWriters(string other) => new(FailureSource.ProgressStore, Writing, FailureKind.Invalid, "two-writers", false,
        $"{ProgressWriter.PlaceOf(other) ?? other} keeps its progress here as well (its process {other}): one skips the ticks that the other has delivered, or both deliver them. "
        + "Stop one of the two, or give it a topic (KAFKA_TOPIC), a storage account (AzureWebJobsStorage) or a --state folder of its own.");

    /// <summary>It was written by a newer program.</summary>
    public static Failure Newer(string where, int version) => new(FailureSource.ProgressStore, Reading, FailureKind.Invalid, "newer-version", false,
        $"{where} was written by a newer version of this program (layout {version}; this one knows {StoredProgress.CurrentVersion}): run the newer one, or delete it to start again.");

    /// <summary>It is no row of a chunk.</summary>
    public static Failure BrokenRow(string where) => new(FailureSource.ProgressStore, Reading, FailureKind.Invalid, "broken", false,
        $"{where} does not hold what a chunk came to: delete it, and the chunk is produced again.");

    /// <summary>It is no state of progress.</summary>
    public static Failure Broken(string where) => new(FailureSource.ProgressStore, Reading, FailureKind.Invalid, "broken", false,
        $"{where} does not hold valid progress: restore it, or delete it to start again with totals of zero.");
}
