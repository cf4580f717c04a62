using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ShoeFunctions.Hosting;

/// <summary>
/// The way into the host's log for our lines that belong to no running invocation: over the protocol the host drops them.
/// What the worker writes to its standard output becomes information there, a line on standard error that has "warn" in it a
/// warning, and one that has "error" an error.
/// </summary>
/// <remarks>Source: GrpcWorkerChannel.Log and WorkerProcess.ParseErrorMessageAndLog of Azure/azure-functions-host.</remarks>
[ProviderAlias("HostLog")]
internal sealed class HostLog(RunningInvocations invocations, TextWriter output, TextWriter errors) : ILoggerProvider, ISupportExternalScope
{
    private const string Own = "ShoeFunctions.";

    /// <summary>Under this name the worker's scope has the invocation's id.</summary>
    private const string InvocationId = "AzureFunctions_InvocationId";

    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith(Own, StringComparison.Ordinal) ? new Logger(this) : NullLogger.Instance;

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private bool IsInInvocation()
    {
        string? found = null;
        _scopes.ForEachScope(
            (scope, _) =>
            {
                if (scope is IEnumerable<KeyValuePair<string, object>> values)
                    found = values.FirstOrDefault(value => value.Key == InvocationId).Value?.ToString() ?? found;
            },
            0);
        return found is not null && invocations.Contains(found);
    }

    private void Write(LogLevel level, string message)
    {
        var (writer, word) = level switch
        {
            >= LogLevel.Error => (errors, "error"),
            LogLevel.Warning => (errors, "warning"),
            _ => (output, "info"),
        };

        // Each line is an entry of its own to the host.
        foreach (var line in message.Split('\n'))
            writer.WriteLine($"{word}: {line.TrimEnd()}");
    }

    private sealed class Logger(HostLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!log.IsInInvocation())
                log.Write(logLevel, formatter(state, exception));
        }
    }
}
