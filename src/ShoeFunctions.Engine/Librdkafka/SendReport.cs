using Confluent.Kafka;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>How a send ended.</summary>
/// <param name="Error">Why it failed; <see cref="ErrorCode.NoError"/> where it was acknowledged.</param>
/// <param name="Partition">Where the record is.</param>
/// <param name="Offset">Its place there.</param>
/// <param name="Bytes">How many bytes its value has.</param>
/// <param name="Latency">From the send's start until the report was taken.</param>
public readonly record struct SendReport(ErrorCode Error, int Partition, long Offset, int Bytes, TimeSpan Latency);
