using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Hosting;

/// <summary>
/// Knows which invocations run, and lets those that fail do so with a sentence alone: the host repeats what it gets up to
/// four times, stack traces included. Where an error came from that nobody expected is logged, once.
/// </summary>
internal sealed partial class RunningInvocations : IFunctionsWorkerMiddleware
{
    private const string WrongAsBefore = "Wrong settings, as before: /api/health and the log of the start name them.";

    private readonly ConcurrentDictionary<string, bool> _running = new();
    private readonly ConcurrentDictionary<string, bool> _traced = new();
    private volatile string? _wrongSettings;

    /// <summary>Whether an invocation runs.</summary>
    public bool Contains(string id) => _running.ContainsKey(id);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        _running[context.InvocationId] = true;
        try
        {
            await next(context);
        }
        catch (SettingsException wrong)
        {
            var isRepeated = wrong.Message == _wrongSettings;
            _wrongSettings = wrong.Message;
            throw new FailedInvocationException(isRepeated ? WrongAsBefore : wrong.Message);
        }
        catch (FailureException failed)
        {
            if (failed is { Failure.Kind: FailureKind.Unknown, InnerException: { } cause })
                Trace(context, cause);
            throw new FailedInvocationException(failed.Message);
        }
        catch (Exception told) when (told is OperationCanceledException or HeldBackException)
        {
            throw new FailedInvocationException(told.Message);
        }
        catch (Exception unexpected)
        {
            Trace(context, unexpected);
            throw new FailedInvocationException($"It failed with an unexpected error ({unexpected.GetType()}): please report it, with its trace in the log.");
        }
        finally
        {
            _running.TryRemove(context.InvocationId, out _);
        }
    }

    /// <summary>Without the messages, which may hold anything.</summary>
    private void Trace(FunctionContext context, Exception error)
    {
        var trace = string.Join('\n', ChainOf(error).Select(link => $"{link.GetType()}\n{link.StackTrace}"));
        if (_traced.TryAdd(trace, true))
            Log.Unexpected(context.GetLogger<RunningInvocations>(), trace);
    }

    private static IEnumerable<Exception> ChainOf(Exception error)
    {
        for (var link = error; link is not null; link = link.InnerException)
            yield return link;
    }

    private static partial class Log
    {
        [LoggerMessage(903, LogLevel.Error, "an unexpected error, logged once; please report it: {Trace}")]
        public static partial void Unexpected(ILogger logger, string trace);
    }
}
