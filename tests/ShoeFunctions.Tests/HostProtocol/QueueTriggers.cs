using System.Text.Json;
using Azure.Storage.Queues.Models;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>Does for a worker's queue-triggered functions what its host does: listens to their queues and invokes them.</summary>
/// <remarks>Workers that share a queue have one each, as they have a host each.</remarks>
internal sealed class QueueTriggers : IAsyncDisposable
{
    private readonly QueueListener[] _listeners;

    private QueueTriggers(IEnumerable<QueueListener> listeners) => _listeners = [.. listeners];

    /// <summary>What has run so far: of one queue in the order in which it was over and its message dealt with.</summary>
    public IEnumerable<QueueListener.Run> Runs => _listeners.SelectMany(listener => listener.Runs);

    /// <summary>Begins to listen, with what the app's host.json says of queues. The host takes nothing more when its worker has left.</summary>
    /// <param name="worker">Whose functions are invoked.</param>
    /// <param name="connectionString">The account, whichever connection a function names.</param>
    /// <param name="change">What is to be other than in host.json: times that a test would have to wait for.</param>
    public static QueueTriggers Start(WorkerProcess worker, string connectionString, Func<QueueOptions, QueueOptions>? change = null)
    {
        var options = QueueOptions.Read(Path.Combine(worker.Folder, "host.json"));
        if (change is not null)
            options = change(options);

        return new QueueTriggers(
            from function in worker.Functions.Values
            from binding in function.RawBindings.Select(binding => JsonElement.Parse(binding))
            where binding.GetProperty("type").ValueEquals("queueTrigger")
            let parameter = binding.GetProperty("name").GetString()!
            select new QueueListener(
                connectionString, binding.GetProperty("queueName").GetString()!, options,
                (message, killed) => worker.InvokeAsync(function.Name, parameter, new TypedData { String = message.Body.ToString() }, MetadataOf(message), killed),
                worker.Left));
    }

    /// <summary>Stops as a host does that is told to: takes nothing more, and waits for what runs and deals with it.</summary>
    public Task StopAsync() => Task.WhenAll(_listeners.Select(listener => listener.StopAsync()));

    /// <summary>Ends as a host does that is killed: what runs is not waited for, and its messages stay hidden for the rest of their time.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_listeners.Select(listener => listener.DisposeAsync().AsTask()));

    /// <summary>What the host tells of a message beside its text: what the queue knows of it, and over that the fields of a text that is a JSON object.</summary>
    internal static Dictionary<string, TypedData> MetadataOf(QueueMessage message)
    {
        var metadata = new Dictionary<string, TypedData>(StringComparer.OrdinalIgnoreCase)
        {
            ["QueueTrigger"] = new() { String = message.Body.ToString() },
            ["DequeueCount"] = Json(message.DequeueCount),
            ["ExpirationTime"] = Json(message.ExpiresOn),
            ["Id"] = new() { String = message.MessageId },
            ["InsertionTime"] = Json(message.InsertedOn),
            ["NextVisibleTime"] = Json(message.NextVisibleOn),
            ["PopReceipt"] = new() { String = message.PopReceipt },
        };

        if (TryParse(message.Body) is { ValueKind: JsonValueKind.Object } json)
            foreach (var field in json.EnumerateObject().Where(field => field.Value.ValueKind is not JsonValueKind.Array and not JsonValueKind.Null))
                metadata[field.Name] = field.Value.ValueKind == JsonValueKind.Object ? new() { Json = field.Value.GetRawText() } : new() { String = field.Value.ToString() };
        return metadata;
    }

    private static JsonElement? TryParse(BinaryData text)
    {
        try
        {
            return JsonElement.Parse(text.ToMemory().Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TypedData Json<T>(T value) => new() { Json = JsonSerializer.Serialize(value) };
}
