using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace ShoeFunctions.Local.EmbeddedKafka;

/// <summary>What tests do to the cluster.</summary>
/// <remarks>
/// Each call waits until the cluster's thread has done it. Where several follow each other at once, that thread may sleep
/// for up to a second in between.
/// </remarks>
public sealed partial class EmbeddedCluster
{
    /// <summary>As a partition's leader: none.</summary>
    internal const int NoBroker = -1;

    private const int AllBrokers = -1;

    /// <summary>
    /// Whether single brokers' and partitions' requests can be failed: librdkafka takes such errors in variadic calls
    /// only, which .NET can make where their arguments travel as others do. On Apple's ARM machines they do not.
    /// </summary>
    internal static bool CanFailOne { get; } = !(OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64);

    /// <summary>
    /// Answers the next so many requests of a kind with an error, whichever brokers get them;
    /// <see cref="ErrorCode.Local_Transport"/> closes the connection instead.
    /// </summary>
    internal void Fail(KafkaRequest request, ErrorCode error, int times = 1)
    {
        var errors = new int[times];
        Array.Fill(errors, (int)error);
        MockCluster.PushErrors(Cluster, (short)request, (nuint)times, errors);
    }

    /// <summary>Answers one broker's next request of a kind with an error, or well, after a time.</summary>
    internal void FailAt(int broker, KafkaRequest request, ErrorCode error, TimeSpan delay) =>
        Check(MockCluster.PushBrokerError(Cluster, broker, (short)request, 1, (int)error, (int)delay.TotalMilliseconds));

    /// <summary>Answers the next request of a kind that names a partition with an error.</summary>
    internal void FailAt(string topic, int partition, KafkaRequest request, ErrorCode error) =>
        Check(MockCluster.PushPartitionError(Cluster, topic, partition, (short)request, 1, (int)error));

    /// <summary>Ends what <see cref="Fail"/> began.</summary>
    internal void EndFailures(KafkaRequest request) => MockCluster.ClearErrors(Cluster, (short)request);

    /// <summary>Makes a broker, or all, answer after a time.</summary>
    internal void SetRoundTrip(TimeSpan time, int broker = AllBrokers) => Check(MockCluster.SetRoundTrip(Cluster, broker, (int)time.TotalMilliseconds));

    /// <summary>Closes one broker's connections and accepts none until it is brought up; its partitions keep it as their leader.</summary>
    /// <remarks>
    /// Whoever starts a process beside it holds the same lock meanwhile: until a new process runs its program it shares the
    /// listening socket, and the library ends this process where it cannot open its port again.
    /// </remarks>
    internal void TakeDown(int broker)
    {
        lock (typeof(Process))
            Check(MockCluster.SetBrokerDown(Cluster, broker));
    }

    /// <summary>Ends what <see cref="TakeDown(int)"/> began.</summary>
    internal void BringUp(int broker) => Check(MockCluster.SetBrokerUp(Cluster, broker));

    /// <summary>
    /// Gives a partition another leader. It must not lose its leader (<see cref="NoBroker"/>) while a producer takes it
    /// to have one: librdkafka's broker answers a record for such a partition by a read of address 0.
    /// </summary>
    internal void MoveLeader(string topic, int partition, int broker) => Check(MockCluster.SetLeader(Cluster, topic, partition, broker));

    /// <summary>Makes the cluster say an error of a topic, from now on, or <see cref="ErrorCode.NoError"/>.</summary>
    internal void FailTopic(string topic, ErrorCode error) => MockCluster.SetTopicError(Cluster, topic, (int)error);

    /// <summary>Counts requests from now on.</summary>
    internal void StartCounting() => MockCluster.StartTracking(Cluster);

    /// <summary>How many requests of a kind came in since <see cref="StartCounting"/>.</summary>
    internal int Count(KafkaRequest request)
    {
        var requests = MockCluster.Requests(Cluster, out var count);
        try
        {
            var found = 0;
            for (var index = 0; index < (int)count; index++)
                found += MockCluster.RequestKind(Marshal.ReadIntPtr(requests, index * nint.Size)) == (short)request ? 1 : 0;
            return found;
        }
        finally
        {
            MockCluster.DestroyRequests(requests, count);
        }
    }
}
