using Confluent.Kafka;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>Sends, and the reports of how they ended; for the thread that it is given to.</summary>
public interface ISendBatch
{
    /// <summary>Starts to send a record, which is copied before the call returns.</summary>
    /// <returns>
    /// Whether it is under way: if not, why. <see cref="ErrorCode.Local_QueueFull"/> where too much is: there is room once
    /// reports were taken.
    /// </returns>
    ErrorCode Send(OutgoingRecord record);

    /// <summary>Takes the reports that are there, or waits for the first of them.</summary>
    /// <param name="patience">How long to wait at most.</param>
    void Take(TimeSpan patience);
}
