using System.Text;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>A record's header, whose value may change from record to record.</summary>
public sealed class RecordHeader
{
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public RecordHeader(string name, byte[] value)
    {
        (Name, Value) = (name, value);
        // With the zero that ends it.
        NameUtf8 = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(name) + 1, pinned: true);
        Encoding.UTF8.GetBytes(name, NameUtf8);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; }

    /// <summary>Its name as the C library reads it, in a place that does not move.</summary>
    internal byte[] NameUtf8 { get; }
}
