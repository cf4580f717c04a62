using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ShoeFunctions.Local.Terminal;

/// <summary>A log entry as one line for people: time (UTC), level where it is not info, message.</summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        writer.Write(time.GetUtcNow().ToString("HH:mm:ss"));
        writer.Write("  ");
        if (entry.LogLevel != LogLevel.Information)
            writer.Write($"{entry.LogLevel.ToString().ToLowerInvariant()}  ");
        writer.Write(entry.Formatter(entry.State, entry.Exception));
        if (entry.Exception is { } exception)
            writer.Write($"  {exception.GetType().Name}");
        writer.WriteLine();
    }
}
