using System.Runtime.InteropServices;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Local.EmbeddedKafka;

/// <summary>librdkafka's mock cluster, by its public C API (<c>rdkafka.h</c>, <c>rdkafka_mock.h</c>).</summary>
internal static partial class MockCluster
{
    private const string Library = ClientLibrary.Name;

    static MockCluster() => NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, ClientLibrary.Resolve);

    /// <summary>RD_KAFKA_PRODUCER.</summary>
    public const int Producer = 0;

    /// <summary>RD_KAFKA_CONF_OK.</summary>
    public const int ConfigOk = 0;

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfig();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetConfig(nint config, string name, string value, Span<byte> error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    public static partial nint NewClient(int type, nint config, Span<byte> error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    public static partial void DestroyClient(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2str")]
    public static partial nint ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint New(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void Destroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);

    /// <summary>The versions of a request that clients are offered, both included.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_set_apiversion")]
    public static partial int SetVersions(nint cluster, short request, short first, short last);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int SetBrokerDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int SetBrokerUp(nint cluster, int broker);

    /// <summary>What the broker says of itself; where it listens stays the same.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_host_port", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetBrokerAddress(nint cluster, int broker, string host, int port);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    public static partial int SetRoundTrip(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void PushErrors(nint cluster, short request, nuint count, ReadOnlySpan<int> errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    public static partial void ClearErrors(nint cluster, short request);

    /// <summary>Variadic in C, called with a list of one: see <see cref="EmbeddedCluster.CanFailOne"/>.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_push_request_error_rtts")]
    public static partial int PushBrokerError(nint cluster, int broker, short request, nuint count, int error, int milliseconds);

    /// <summary>Variadic in C, called with a list of one: see <see cref="EmbeddedCluster.CanFailOne"/>.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_push_request_errors", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PushPartitionError(nint cluster, string topic, int partition, short request, nuint count, int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_set_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetTopicError(nint cluster, string topic, int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_start_request_tracking")]
    public static partial void StartTracking(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_get_requests")]
    public static partial nint Requests(nint cluster, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_request_api_key")]
    public static partial short RequestKind(nint request);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_request_destroy_array")]
    public static partial void DestroyRequests(nint requests, nuint count);
}
