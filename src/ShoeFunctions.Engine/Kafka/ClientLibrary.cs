using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>librdkafka itself, for what Confluent.Kafka does not offer of it.</summary>
public static class ClientLibrary
{
    /// <summary>The name to import its functions by, with <see cref="Resolve"/>.</summary>
    public const string Name = "librdkafka";

    /// <summary>RD_KAFKA_PURGE_F_QUEUE and RD_KAFKA_PURGE_F_INFLIGHT.</summary>
    private const int QueuedAndInFlight = 1 | 2;

    /// <summary>
    /// The default build needs libsasl2, which not every Debian has; Confluent.Kafka then takes the next of these, and
    /// so must we, for there is no use in two of them in one process.
    /// </summary>
    private static readonly string[] Builds = [Name, "centos8-librdkafka", "alpine-librdkafka"];

    static ClientLibrary() => NativeLibrary.SetDllImportResolver(typeof(ClientLibrary).Assembly, Resolve);

    /// <summary>Finds the build that Confluent.Kafka has loaded; 0 for any other library.</summary>
    public static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        if (library != Name)
            return 0;
        foreach (var build in Builds)
            if (NativeLibrary.TryLoad(build, assembly, path, out var handle))
                return handle;
        return 0;
    }

    /// <summary>Ends all sends that are under way: they are reported as failed, whatever the brokers have of them.</summary>
    internal static void Purge(Handle client) => _ = Purge((SafeHandle)NativeHandle(client), QueuedAndInFlight);

    /// <summary>The cluster's id as its brokers tell it to every client, unlike what they tell of it when they are asked to describe it; null where they do not.</summary>
    internal static string? ClusterId(Handle client, TimeSpan timeout)
    {
        var native = (SafeHandle)NativeHandle(client);
        var id = ClusterId(native, (int)timeout.TotalMilliseconds);
        if (id == 0)
            return null;

        var text = Marshal.PtrToStringUTF8(id);
        Free(native, id);
        return text;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object NativeHandle(Handle client);

    [DllImport(Name, EntryPoint = "rd_kafka_purge")]
    private static extern int Purge(SafeHandle client, int what);

    [DllImport(Name, EntryPoint = "rd_kafka_clusterid")]
    private static extern nint ClusterId(SafeHandle client, int timeoutMs);

    [DllImport(Name, EntryPoint = "rd_kafka_mem_free")]
    private static extern void Free(SafeHandle client, nint memory);
}
