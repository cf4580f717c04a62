using Confluent.Kafka;

namespace ShoeFunctions.Engine.Delivery;

/// <summary>A header whose value changes from record to record: the client copies it before a send returns.</summary>
internal sealed class ReusedHeader(string key, byte[] value) : IHeader
{
    public string Key { get; } = key;

    public byte[] Value { get; set; } = value;

    public byte[] GetValueBytes() => Value;
}
