using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>
/// Sends records to one topic by a client of Confluent.Kafka's, and takes from it how they ended: straight by the C library,
/// with nothing allocated. For one thread at a time; what a send needs is copied before it returns, and nothing is called back.
/// </summary>
internal sealed unsafe class RecordClient : IDisposable
{
    /// <summary>RD_KAFKA_MSG_F_COPY.</summary>
    private const int Copy = 2;

    /// <summary>Parts of a record that are always there, before its headers.</summary>
    private const int FixedParts = 6;

    private readonly SafeHandle _owner;
    private readonly IClientEvents _events;
    private readonly string _topicName;
    private readonly nint _client;
    private readonly nint _queue;
    private nint _topic;
    private Imports.Argument[] _parts = Parts(headers: 4);
    private byte[] _bytes = Pinned(1024);

    /// <param name="client">Is kept open until this is disposed. Its own configuration is <see cref="Configure"/>d.</param>
    /// <param name="topic">The topic's name.</param>
    /// <param name="events">Is told what the client has to say, within <see cref="Take"/> and nowhere else.</param>
    public RecordClient(Handle client, string topic, IClientEvents events)
    {
        (_owner, _topicName, _events) = (ClientLibrary.HandleOf(client), topic, events);
        var isHeld = false;
        _owner.DangerousAddRef(ref isHeld);
        _client = _owner.DangerousGetHandle();
        _queue = Imports.MainQueue(_client);
    }

    /// <summary>Has a client keep what it has to say for <see cref="Take"/>.</summary>
    public static void Configure(ProducerConfig config)
    {
        config.EnableDeliveryReports = false;
        config.EnableBackgroundPoll = false;
        // With tokens of its own alone: a client that is to get them from somebody else would wait for us.
        var tokens = config.SaslMechanism == SaslMechanism.OAuthBearer ? Imports.TokenRefresh : 0;
        config.Set("enabled_events", $"{Imports.DeliveryReports | Imports.Error | Imports.Statistics | tokens}");
    }

    /// <summary>Starts to send a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="batch">What its report is asked for by; not 0.</param>
    /// <returns>Whether it is under way; if not, why.</returns>
    public ErrorCode Send(OutgoingRecord record, nint batch)
    {
        // Not before the first send: brokers may create a topic when it is asked for, and its name may be mistyped.
        if (_topic == 0 && (_topic = Imports.NewTopic(_client, _topicName, 0)) == 0)
            return (ErrorCode)Imports.LastError();

        var headers = record.Headers;
        if (_parts.Length < FixedParts + headers.Count)
            _parts = Parts(headers.Count);
        var length = record.Value.Length + (record.Key?.Length ?? 0);
        for (var header = 0; header < headers.Count; header++)
            length += headers[header].Value.Length;
        if (_bytes.Length < length)
            _bytes = Pinned(2 * length);

        // Both arrays are pinned, and so are the headers' names.
        var free = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
        var parts = (Imports.Argument*)Marshal.UnsafeAddrOfPinnedArrayElement(_parts, 0);
        Set(parts++, Imports.Part.Topic)->Pointer = _topic;
        Set(parts++, Imports.Part.Flags)->Flags = Copy;
        Set(parts++, Imports.Part.Opaque)->Pointer = batch;
        Set(parts++, Imports.Part.Timestamp)->Timestamp = record.TimestampMs;
        Set(parts++, Imports.Part.Value)->Memory = new() { Start = free, Length = (nuint)record.Value.Length };
        free = Append(record.Value, free);
        Set(parts++, Imports.Part.Key)->Memory = record.Key is { } key ? new() { Start = free, Length = (nuint)key.Length } : default;
        free = Append(record.Key, free);
        for (var header = 0; header < headers.Count; header++)
        {
            var (name, value) = (headers[header].NameUtf8, headers[header].Value);
            Set(parts++, Imports.Part.Header)->Header = new() { Name = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(name, 0), Start = free, Length = value.Length };
            free = Append(value, free);
        }

        var error = Imports.Produce(_client, (Imports.Argument*)Marshal.UnsafeAddrOfPinnedArrayElement(_parts, 0), (nuint)(FixedParts + headers.Count));
        if (error == 0)
            return ErrorCode.NoError;

        var code = (ErrorCode)Imports.CodeOf(error);
        Imports.DestroyError(error);
        return code;
    }

    /// <summary>Takes all that the client has to say, or waits for the first of it.</summary>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="batch">Whose sends are reported, or 0: how others ended concerns nobody any more.</param>
    /// <param name="reported">Is told how each send of the batch ended.</param>
    public void Take(TimeSpan patience, nint batch, Action<SendReport>? reported)
    {
        for (var wait = (int)patience.TotalMilliseconds; Imports.Poll(_queue, wait) is var happened and not 0; wait = 0)
        {
            try
            {
                switch (Imports.TypeOf(happened))
                {
                    case Imports.DeliveryReports:
                        for (Imports.Message* message; (message = Imports.NextMessage(happened)) is not null;)
                            if (message->Opaque == batch)
                                reported!(Report(message));
                        break;
                    case Imports.Error:
                        _events.OnError(new Error((ErrorCode)Imports.ErrorOf(happened), Text(Imports.ReasonOf(happened)), Imports.IsFatal(happened) != 0));
                        break;
                    case Imports.Statistics:
                        _events.OnStatistics(Text(Imports.StatisticsOf(happened)));
                        break;
                    case Imports.TokenRefresh:
                        _events.OnTokenNeeded();
                        break;
                }
            }
            finally
            {
                Imports.DestroyEvent(happened);
            }
        }
    }

    /// <summary>Lets go of the client, which is then to be disposed itself.</summary>
    public void Dispose()
    {
        if (_topic != 0)
            Imports.DestroyTopic(_topic);
        Imports.DestroyQueue(_queue);
        _owner.DangerousRelease();
    }

    private static SendReport Report(Imports.Message* message) => new(
        (ErrorCode)message->Error, message->Partition, message->Offset, (int)message->Length, TimeSpan.FromMicroseconds(Imports.Latency(message)));

    private static Imports.Content* Set(Imports.Argument* argument, Imports.Part part)
    {
        argument->Part = part;
        return &argument->Content;
    }

    private static byte* Append(byte[]? bytes, byte* to)
    {
        bytes.CopyTo(new Span<byte>(to, bytes?.Length ?? 0));
        return to + (bytes?.Length ?? 0);
    }

    private static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    private static byte[] Pinned(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private static Imports.Argument[] Parts(int headers) => GC.AllocateArray<Imports.Argument>(FixedParts + headers, pinned: true);
}
