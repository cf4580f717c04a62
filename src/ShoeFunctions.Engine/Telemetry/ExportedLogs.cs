using Microsoft.Extensions.Logging;

namespace ShoeFunctions.Engine.Telemetry;

/// <summary>
/// The program's own log lines on their way to where telemetry goes, as long as <see cref="TelemetryExport"/> has opened
/// it. What others log is not ours to send.
/// </summary>
[ProviderAlias("ExportedLogs")]
internal sealed class ExportedLogs : ILoggerProvider
{
    /// <summary>What the categories of our own lines begin with.</summary>
    private const string Own = $"{Instrumentation.Name}.";

    private volatile ILoggerProvider? _target;

    /// <summary>Where the lines go from now on, or null where nowhere.</summary>
    public ILoggerProvider? Target
    {
        set => _target = value;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() => _target = null;

    private sealed class Logger(ExportedLogs logs, string category) : ILogger
    {
        private readonly bool _isOwn = category.StartsWith(Own, StringComparison.Ordinal);
        private (ILoggerProvider Provider, ILogger Logger)? _target;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => _isOwn && logs._target is not null && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || logs._target is not { } provider)
                return;

            if (_target is not { } target || target.Provider != provider)
                _target = target = (provider, provider.CreateLogger(category));
            target.Logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
