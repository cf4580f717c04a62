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
    public static Failure OfTable(Exception error, string operation, Uri table)
    {
        Failure As(FailureKind kind, string code, bool recoverable, string advice) =>
            new(FailureSource.ProgressStore, operation, kind, code, recoverable, advice);

        var at = $"The storage account at {table.GetLeftPart(UriPartial.Authority)}";
        return error switch
        {
            RequestFailedException { Status: 403, ErrorCode: "KeyBasedAuthenticationNotPermitted" } => As(FailureKind.Authentication, "403", false,
                $"{at} accepts no account key: use the app's identity, with AzureWebJobsStorage__accountName instead of AzureWebJobsStorage."),
            RequestFailedException { Status: 401 } or RequestFailedException { Status: 403, ErrorCode: "AuthenticationFailed" } => As(
                FailureKind.Authentication, $"{((RequestFailedException)error).Status}", false,
                $"{at} does not accept who the app says it is: check the account key in AzureWebJobsStorage, or that the app's identity is in the account's tenant."),
            RequestFailedException { Status: 403 } => As(FailureKind.Authorization, "403", false,
                $"{at} does not let the app use its tables: grant the app's identity the role Storage Table Data Contributor, and check the account's firewall."),
            RequestFailedException { Status: 404 } => As(FailureKind.NotFound, "404", false,
                $"{at} has no tables there: check AzureWebJobsStorage, and that the account is one that has tables."),
            RequestFailedException { Status: 408 } => As(FailureKind.Timeout, "408", true, $"{at} did not receive the request in time: the same may go well in a moment."),
            RequestFailedException { Status: (409 or 412) and var status } => As(FailureKind.Timeout, $"{status}", true,
                $"{at} always had another instance's write first: the same may go well in a moment."),
            RequestFailedException { Status: 429 } => As(FailureKind.RateLimited, "429", true, $"{at} is asked too often: let fewer apps use it, or wait a moment."),
            RequestFailedException { Status: >= 500 and var status } => As(FailureKind.ServerError, $"{status}", true,
                $"{at} has a fault of its own ({status}): see Azure's status page."),
            RequestFailedException { Status: > 0 and var status } => As(FailureKind.Unknown, $"{status}", false,
                $"{at} answered {status}, which is no answer of a table: check AzureWebJobsStorage."),
            CredentialUnavailableException => As(FailureKind.Authentication, "no-identity", false,
                $"There is no identity here to ask {at} with: give the app a managed identity, or sign in with a developer tool."),
            AuthenticationFailedException => As(FailureKind.Authentication, "no-token", false,
                $"No token for {at} could be had with the app's identity: check AzureWebJobsStorage__clientId and that the identity is assigned to the app."),
            OperationCanceledException or TimeoutException => As(FailureKind.Timeout, "timeout", true,
                $"{at} did not answer in time: check AzureWebJobsStorage and the network's rules."),
            AggregateException { InnerException: { } inner } => OfTable(inner, operation, table),
            _ when MachineLimits.Of(error, FailureSource.ProgressStore, operation) is { } reached => reached,
            RequestFailedException { InnerException: HttpRequestException { InnerException: AuthenticationException } } => As(FailureKind.Tls, "tls", false,
                $"{at} has a certificate that is not trusted here: check the address and the trusted authorities."),
            RequestFailedException or HttpRequestException or IOException => As(FailureKind.Network, "unreachable", true,
                $"{at} cannot be reached: check AzureWebJobsStorage, and that the account can be reached from here."),
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
                $"File {path} may not be read or written: let the user that this runs as do so."),
            DirectoryNotFoundException or PathTooLongException => As(FailureKind.NotFound, "no-folder", false, $"File {path} cannot be made there: choose another folder."),
            IOException held when IsHeld(held) => As(FailureKind.Timeout, "locked", true,
                $"File {path} was always locked by another process: see whether one hangs that uses it."),
            _ => MachineLimits.Of(error, FailureSource.ProgressStore, operation) ?? As(FailureKind.ServerError, "io", true, $"File {path} cannot be read or written: see whether the disk is full or broken."),
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
                $"Ticks are written down up to {mark}, and the clock here says {Tick.At(now)}: nothing is produced until {schedule.Next(mark)?.ToString() ?? "then"}, so that no tick "
                + "comes twice. Where this clock is wrong, set it. Where it is right, another one was ahead: wait, or delete the progress that is kept, "
                + "to begin anew with the current tick and totals of zero.")
            : null;

    /// <summary>Another program writes the same progress from another place.</summary>
    public static Failure TwoWriters(string other) => new(FailureSource.ProgressStore, Writing, FailureKind.Invalid, "two-writers", false,
        $"{ProgressWriter.PlaceOf(other) ?? other} keeps its progress here as well (its process {other}): one skips the ticks that the other has delivered, or both deliver them. "
        + "Stop one of the two, or give it a topic (KAFKA_TOPIC), a storage account (AzureWebJobsStorage) or a --state folder of its own.");

    /// <summary>It was written by a newer program.</summary>
    public static Failure Newer(string where, int version) => new(FailureSource.ProgressStore, Reading, FailureKind.Invalid, "newer-version", false,
        $"{where} was written by a newer version of this program (layout {version}; this one knows {StoredProgress.CurrentVersion}): run the newer one, or delete it to begin anew.");

    /// <summary>It is no state of progress.</summary>
    public static Failure Broken(string where) => new(FailureSource.ProgressStore, Reading, FailureKind.Invalid, "broken", false,
        $"{where} does not hold a state of progress: restore it, or delete it to begin anew with totals of zero.");
}
