using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>What host.json says of queues, and the host's own values for what it does not say.</summary>
internal sealed record QueueOptions
{
    /// <summary>How many messages are taken at a time.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>More are taken when no more than this are running; by default half a batch for each processor.</summary>
    public int? NewBatchThreshold { get; init; }

    /// <summary>How long a message stays hidden that has failed.</summary>
    public TimeSpan VisibilityTimeout { get; init; }

    /// <summary>A message that fails after having been taken so often goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>The longest wait for messages between two looks.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How a message's text is written in the queue.</summary>
    public QueueMessageEncoding MessageEncoding { get; init; } = QueueMessageEncoding.Base64;

    /// <summary>How long a message is hidden that runs, in whole seconds; half of it later its time is renewed. The host has no setting for it.</summary>
    public TimeSpan HiddenFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Reads them as the host does: of names that it does not know it takes no notice.</summary>
    public static QueueOptions Read(string hostJson) =>
        new ConfigurationBuilder().AddJsonFile(hostJson).Build().GetSection("extensions:queues").Get<QueueOptions>() ?? new QueueOptions();
}
