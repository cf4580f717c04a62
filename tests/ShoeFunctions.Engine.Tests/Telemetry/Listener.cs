using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ShoeFunctions.Engine.Telemetry;

namespace ShoeFunctions.Engine.Tests.Telemetry;

/// <summary>Listens to one engine's instruments and spans, whatever else is measured in the process.</summary>
internal sealed class Listener : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public Listener(Instrumentation instrumentation)
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, instrumentation.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measurements.Enqueue(new(instrument.Name, value, Text(tags))));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measurements.Enqueue(new(instrument.Name, value, Text(tags))));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, instrumentation.Source),
            Sample = (ref _) => Sampling,
            ActivityStopped = Spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public sealed record Measured(string Name, double Value, string Tags);

    public ConcurrentQueue<Measured> Measurements { get; } = new();

    public ConcurrentQueue<Activity> Spans { get; } = new();

    public ActivitySamplingResult Sampling { get; set; } = ActivitySamplingResult.AllDataAndRecorded;

    /// <summary>The values that an instrument has been given, in order.</summary>
    public double[] Values(string name) => [.. Measurements.Where(measured => measured.Name == name).Select(measured => measured.Value)];

    /// <summary>Asks what is only measured when it is asked for.</summary>
    public void Observe() => _meters.RecordObservableInstruments();

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
