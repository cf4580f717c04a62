using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace ShoeFunctions.Local.EmbeddedKafka;

/// <summary>
/// A Kafka cluster in this process, on loopback TCP, for any client: librdkafka's mock cluster. It keeps records in
/// memory, as many as <see cref="PartitionMemory"/> says, and drops the oldest beyond that.
/// </summary>
public sealed partial class EmbeddedCluster : IDisposable
{
    /// <summary>How many brokers it has, numbered from 1.</summary>
    public const int Brokers = 3;

    private const int Replicas = 3;

    /// <summary>Newer clients leave a group with a list of members, of which librdkafka's broker reads nothing: it answers as to older ones.</summary>
    private const short LastLeaveGroup = 2;

    private readonly List<PortForwarder> _forwarders = [];
    private readonly nint _client;
    private nint _cluster;

    /// <summary>Starts the brokers on ports that are free.</summary>
    /// <exception cref="InvalidOperationException">librdkafka could not start it.</exception>
    public EmbeddedCluster()
    {
        var error = new byte[512];
        var config = MockCluster.NewConfig();
        // The client only carries the cluster and talks to nobody: it has nothing worth to be logged.
        if (MockCluster.SetConfig(config, "log_level", "0", error, (nuint)error.Length) != MockCluster.ConfigOk)
            throw Failed(error);

        _client = MockCluster.NewClient(MockCluster.Producer, config, error, (nuint)error.Length);
        if (_client == 0)
            throw Failed(error);

        _cluster = MockCluster.New(_client, Brokers);
        if (_cluster == 0)
            throw new InvalidOperationException("The embedded Kafka cluster could not open its ports.");

        Check(MockCluster.SetVersions(_cluster, (short)KafkaRequest.LeaveGroup, 0, LastLeaveGroup));
        BootstrapServers = Marshal.PtrToStringUTF8(MockCluster.Bootstraps(_cluster))!;
    }

    /// <summary>Where clients find it: <c>127.0.0.1:port,…</c>.</summary>
    public string BootstrapServers { get; private set; }

    /// <summary>Creates a topic.</summary>
    public void CreateTopic(string topic, int partitions) => Check(MockCluster.CreateTopic(Cluster, topic, partitions, Replicas));

    /// <summary>
    /// Makes clients find it on other ports from now on. Topics are created before: a client that waits there asks for its
    /// topic at once, and the brokers create it as they like.
    /// </summary>
    /// <param name="listeners">Where, one a broker, on loopback and listening already; they end with the cluster.</param>
    internal void ServeAt(IReadOnlyList<TcpListener> listeners)
    {
        var behind = BootstrapServers.Split(',').Select(IPEndPoint.Parse).ToArray();
        BootstrapServers = string.Join(',', listeners.Select(listener => listener.LocalEndpoint));
        foreach (var (index, listener) in listeners.Index())
            Advertise(index + 1, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        _forwarders.AddRange(listeners.Zip(behind, (listener, broker) => new PortForwarder(listener, broker)));
    }

    /// <summary>Makes the cluster tell clients another address of a broker, from now on: where something stands before it.</summary>
    /// <param name="broker">The broker's number, from 1.</param>
    /// <param name="host">The host to be told.</param>
    /// <param name="port">The port to be told.</param>
    internal void Advertise(int broker, string host, int port) => MockCluster.SetBrokerAddress(Cluster, broker, host, port);

    /// <summary>Closes all connections and accepts none until <see cref="BringUp()"/>.</summary>
    public void TakeDown()
    {
        for (var broker = 1; broker <= Brokers; broker++)
            TakeDown(broker);
    }

    /// <summary>Ends what <see cref="TakeDown()"/> began; what the topics held is still there.</summary>
    public void BringUp()
    {
        for (var broker = 1; broker <= Brokers; broker++)
            BringUp(broker);
    }

    /// <summary>The cluster as long as there is one: the library crashes the process where it is asked for more.</summary>
    private nint Cluster => _cluster != 0 ? _cluster : throw new ObjectDisposedException(nameof(EmbeddedCluster));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_cluster == 0)
            return;

        foreach (var forwarder in _forwarders)
            forwarder.Dispose();
        MockCluster.Destroy(_cluster);
        MockCluster.DestroyClient(_client);
        _cluster = 0;
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"The embedded Kafka cluster: {Marshal.PtrToStringUTF8(MockCluster.ErrorText(error))}.");
    }

    private static InvalidOperationException Failed(byte[] error) =>
        new($"The embedded Kafka cluster: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
}
