using System.Runtime.InteropServices;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>librdkafka's functions.</summary>
/// <remarks>Source: rdkafka.h.</remarks>
internal static unsafe partial class Imports
{
    private const string Library = ClientLibrary.Name;

    /// <summary>RD_KAFKA_EVENT_DR, _ERROR, _STATS and _OAUTHBEARER_TOKEN_REFRESH.</summary>
    public const int DeliveryReports = 0x1, Error = 0x8, Statistics = 0x40, TokenRefresh = 0x100;

    /// <summary>RD_KAFKA_CONF_UNKNOWN and _INVALID.</summary>
    public const int UnknownProperty = -2, InvalidProperty = -1;

    static Imports() => ClientLibrary.Use();

    /// <summary>rd_kafka_vtype_t.</summary>
    public enum Part
    {
        Topic = 2,
        Value = 4,
        Key = 5,
        Opaque = 6,
        Flags = 7,
        Timestamp = 8,
        Header = 9,
    }

    /// <summary>rd_kafka_vu_t: one part of what is sent.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Argument
    {
        public Part Part;
        public Content Content;
    }

    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct Content
    {
        [FieldOffset(0)]
        public nint Pointer;

        [FieldOffset(0)]
        public int Flags;

        [FieldOffset(0)]
        public long Timestamp;

        [FieldOffset(0)]
        public Memory Memory;

        [FieldOffset(0)]
        public Header Header;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Memory
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public byte* Name;
        public byte* Start;
        public nint Length;
    }

    /// <summary>rd_kafka_message_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public int Error;
        public nint Topic;
        public int Partition;
        public byte* Value;
        public nuint Length;
        public byte* Key;
        public nuint KeyLength;
        public long Offset;
        public nint Opaque;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewTopic(nint client, string name, nint config);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    public static partial void DestroyTopic(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_last_error")]
    public static partial int LastError();

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_main")]
    public static partial nint MainQueue(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    public static partial void DestroyQueue(nint queue);

    /// <summary>Copies what it is given where the flags say so; 0, or an error to be destroyed.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_produceva")]
    public static partial nint Produce(nint client, Argument* parts, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    public static partial int CodeOf(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    public static partial void DestroyError(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_poll")]
    public static partial nint Poll(nint queue, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_type")]
    public static partial int TypeOf(nint happened);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_destroy")]
    public static partial void DestroyEvent(nint happened);

    /// <summary>Takes a message out of a list: short, and waits for nothing.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_event_message_next")]
    [SuppressGCTransition]
    public static partial Message* NextMessage(nint happened);

    /// <summary>In microseconds, or -1: reads the clock.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_message_latency")]
    [SuppressGCTransition]
    public static partial long Latency(Message* message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error")]
    public static partial int ErrorOf(nint happened);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error_string")]
    public static partial nint ReasonOf(nint happened);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error_is_fatal")]
    public static partial int IsFatal(nint happened);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_stats")]
    public static partial nint StatisticsOf(nint happened);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfig();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetProperty(nint config, string name, string value, byte* why, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void DestroyConfig(nint config);

    [LibraryImport(Library, EntryPoint = "rd_kafka_clusterid")]
    public static partial nint ClusterId(SafeHandle client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mem_free")]
    public static partial void Free(SafeHandle client, nint memory);
}
