using System.Buffers.Binary;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>
/// What a broker tells a batch of records by that it has seen before: the producer, and the number of the batch's
/// first record in its partition.
/// </summary>
internal sealed record RecordBatch(int Partition, long ProducerId, short Epoch, int FirstSequence, int Records)
{
    private const short FirstFlexibleVersion = 9;

    /// <summary>
    /// The batches in a request that produces records. Source: Apache Kafka's protocol guide, Produce 9 and later, and
    /// record batch 2.
    /// </summary>
    /// <param name="request">The request without its length.</param>
    public static IEnumerable<RecordBatch> In(byte[] request)
    {
        var reader = new Reader(request);
        reader.Skip(sizeof(short));
        Assert.InRange(reader.Int16(), FirstFlexibleVersion, short.MaxValue);
        reader.Skip(sizeof(int));
        reader.Skip(Math.Max((short)0, reader.Int16()));
        reader.SkipTags();
        reader.Skip(Math.Max(0, reader.CompactLength()));
        reader.Skip(sizeof(short) + sizeof(int));
        for (var topics = reader.CompactLength(); topics > 0; topics--)
        {
            reader.Skip(reader.CompactLength());
            for (var partitions = reader.CompactLength(); partitions > 0; partitions--)
            {
                var partition = reader.Int32();
                var batch = reader.Take(reader.CompactLength());
                yield return new RecordBatch(
                    partition, BinaryPrimitives.ReadInt64BigEndian(batch.AsSpan(43)), BinaryPrimitives.ReadInt16BigEndian(batch.AsSpan(51)),
                    BinaryPrimitives.ReadInt32BigEndian(batch.AsSpan(53)), BinaryPrimitives.ReadInt32BigEndian(batch.AsSpan(57)));
                reader.SkipTags();
            }

            reader.SkipTags();
        }
    }

    private sealed class Reader(byte[] bytes)
    {
        private int _at;

        public void Skip(int count) => _at += count;

        public byte[] Take(int count) => bytes[_at..(_at += count)];

        public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

        /// <summary>A length or count, which stands there as one more; -1 for what is not there.</summary>
        public int CompactLength() => Varint() - 1;

        public void SkipTags()
        {
            for (var tags = Varint(); tags > 0; tags--)
            {
                Varint();
                Skip(Varint());
            }
        }

        private int Varint()
        {
            var value = 0;
            for (var shift = 0; ; shift += 7)
            {
                value |= (bytes[_at] & 0x7F) << shift;
                if (bytes[_at++] < 0x80)
                    return value;
            }
        }
    }
}
