using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ShoeFunctions.Engine.Statistics;

/// <summary>
/// What <c>/api/metrics</c> answers: the statistics as OpenMetrics text. It is made from the progress store, not by an exporter
/// of this process's instruments: in Azure another instance answers than the one that produces.
/// </summary>
/// <remarks>Source: the OpenMetrics specification, version 1.0.0.</remarks>
public static class OpenMetrics
{
    /// <summary>The media type of the text.</summary>
    public const string ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>The text for an answer; every sample has the topic as its label.</summary>
    public static string Write(StatsAnswer stats)
    {
        var text = new StringBuilder();
        var topic = $"topic=\"{Escape(stats.Topic)}\"";

        void Family(string name, string type, string help, string sample, params ReadOnlySpan<(string Labels, double Value)> values)
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n# HELP {name} {help}\n");
            foreach (var (labels, value) in values)
                text.Append(CultureInfo.InvariantCulture, $"{sample}{{{topic}{labels}}} {value:R}\n");
        }

        void Counter(string name, string help, long value) => Family(name, "counter", help, name + "_total", ("", value));
        void Gauge(string name, string help, double value) => Family(name, "gauge", help, name, ("", value));

        Counter("shoefunctions_shoes_asked", "Shoes that were asked for.", stats.Totals.Asked);
        Counter("shoefunctions_shoes_delivered", "Shoes that the brokers acknowledged.", stats.Totals.Delivered);
        Counter("shoefunctions_sends_failed", "Attempts that failed: a shoe counts at every one.", stats.Totals.FailedSends);
        Counter("shoefunctions_ticks_written", "Ticks that were delivered whole.", stats.Totals.Ticks);
        Counter("shoefunctions_ticks_skipped", "Missed ticks that were too many to be made up for.", stats.Totals.SkippedTicks);
        Counter("shoefunctions_delivered_bytes", "The delivered records' values, before compression.", stats.Totals.Bytes);
        Gauge("shoefunctions_ticks_pending", "Ticks that are due and not yet delivered.", stats.PendingTicks);
        Gauge("shoefunctions_behind_seconds", "For how long the first of them has been due.", stats.BehindSeconds);
        Gauge("shoefunctions_target_rate", "Shoes a second that are asked for now.", stats.Rate.TargetPerSecond);
        Gauge("shoefunctions_delivered_rate", "Shoes a second that were delivered in the last minute.", stats.Rate.LastMinutePerSecond);
        Gauge("shoefunctions_delivered_bytes_rate", "Bytes a second in the last minute, before compression, at the mean size of all shoes so far.", stats.Rate.BytesPerSecond);
        Gauge("shoefunctions_ticks_open", "Large ticks whose chunks are being made.", stats.OpenTicks.Length);
        Gauge("shoefunctions_chunks_open", "Chunks of them that are not delivered yet.", stats.OpenTicks.Sum(tick => tick.Chunks - (tick.ChunksDone ?? 0)));
        Gauge("shoefunctions_open_seconds", "For how long the oldest of them has been open; 0 where none is.", stats.OpenTicks is [var oldest, ..] ? (stats.AsOf - oldest.OpenedAt).TotalSeconds : 0);
        Gauge("shoefunctions_instances", "Instances that have made chunks in the last minute.", stats.Instances.Length);
        if (stats.Latency is { } latency)
            Family("shoefunctions_latency_seconds", "gauge", "The last delivered tick's, from send to acknowledgement.", "shoefunctions_latency_seconds",
                (",quantile=\"0.5\"", latency.P50Ms / 1000), (",quantile=\"0.99\"", latency.P99Ms / 1000), (",quantile=\"1\"", latency.MaxMs / 1000));
        Family("shoefunctions_state", "stateset", "How production goes: 1 for the state that holds.", "shoefunctions_state",
            [.. Enum.GetValues<ProductionState>().Select(state => ($",shoefunctions_state=\"{JsonNamingPolicy.CamelCase.ConvertName(state.ToString())}\"", state == stats.State ? 1.0 : 0.0))]);
        return text.Append("# EOF\n").ToString();
    }

    private static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
