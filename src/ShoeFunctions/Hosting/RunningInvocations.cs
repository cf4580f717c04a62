using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Hosting;

/// <summary>
/// Knows which invocations run, and lets those that fail do so with a sentence alone: the host repeats what it gets up to
/// four times, stack traces included.
/// </summary>
internal sealed class RunningInvocations : IFunctionsWorkerMiddleware
{
    private const string WrongAsBefore = "Wrong settings, as before: /api/health and the log of the start name them.";

    private readonly ConcurrentDictionary<string, bool> _running = new();
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
        catch (Exception failed)
        {
            throw new FailedInvocationException(failed.Message);
        }
        finally
        {
            _running.TryRemove(context.InvocationId, out _);
        }
    }
}
