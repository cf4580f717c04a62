using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>
/// Logs what librdkafka says, for all its clients: while a broker is down each of them says it dozens of times a second,
/// and after a failed tick the next producer begins with it again.
/// </summary>
public sealed partial class KafkaLog(TimeProvider time, ILogger<KafkaLog> logger)
{
    private static readonly TimeSpan SameErrorInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<object, long> _lastLogged = new();

    /// <summary>An error of the connection as such; the same one is logged now and then.</summary>
    internal void Write(Error error)
    {
        if (error.IsFatal)
            Log.Fatal(logger, error.Code, error.Reason);
        else if (IsNews(error.Code))
            Log.Transient(logger, error.Code, error.Reason);
    }

    /// <summary>A line of the client's own log.</summary>
    internal void Write(LogMessage line)
    {
        // What fails is said again and again here, and now and then as an error.
        var level = line.Facility is "FAIL" or "ERROR" ? LogLevel.Debug : (LogLevel)line.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        if (logger.IsEnabled(level) && (level < LogLevel.Warning || IsNews(line.Facility)))
            Log.Librdkafka(logger, level, line.Facility, line.Message);
    }

    /// <summary>What the client said could not be taken in.</summary>
    internal void Unexpected(Exception unexpected)
    {
        if (IsNews(unexpected.GetType()))
            Log.Unexpected(logger, unexpected);
    }

    private bool IsNews(object what)
    {
        lock (_lastLogged)
        {
            var now = time.GetTimestamp();
            if (_lastLogged.TryGetValue(what, out var logged) && time.GetElapsedTime(logged, now) < SameErrorInterval)
                return false;

            _lastLogged[what] = now;
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 300, Message = "librdkafka {Facility}: {Line}")]
        public static partial void Librdkafka(ILogger logger, LogLevel level, string facility, string line);

        [LoggerMessage(301, LogLevel.Error, "the producer stopped with a fatal error: {Code} {Reason}")]
        public static partial void Fatal(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(304, LogLevel.Error, "what the Kafka client said could not be taken in; this is a fault of the program")]
        public static partial void Unexpected(ILogger logger, Exception unexpected);

        [LoggerMessage(302, LogLevel.Warning, "the connection to Kafka has a problem: {Code} {Reason}")]
        public static partial void Transient(ILogger logger, ErrorCode code, string reason);
    }
}
