using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace ShoeFunctions.Engine.Librdkafka;

/// <summary>librdkafka itself, for what Confluent.Kafka does not offer of it.</summary>
public static class ClientLibrary
{
    /// <summary>The name to import its functions by, with <see cref="Resolve"/>.</summary>
    public const string Name = "librdkafka";

    /// <summary>
    /// Which of its builds Confluent.Kafka has loaded depends on the system's C library and on what else is installed, and
    /// there is no use in two of them in one process: it is looked up in what Confluent.Kafka calls itself.
    /// </summary>
    private static readonly Lazy<nint> Loaded = new(Find);

    static ClientLibrary() => NativeLibrary.SetDllImportResolver(typeof(ClientLibrary).Assembly, Resolve);

    /// <summary>Finds the build that Confluent.Kafka has loaded; 0 for any other library.</summary>
    /// <exception cref="DllNotFoundException">Confluent.Kafka has loaded none.</exception>
    public static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) => library == Name ? Loaded.Value : 0;

    /// <summary>Makes sure that functions are imported from there and nowhere else.</summary>
    internal static void Use() => RuntimeHelpers.RunClassConstructor(typeof(ClientLibrary).TypeHandle);

    /// <summary>The client of one of Confluent.Kafka's.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object NativeHandle(Handle client);

    internal static SafeHandle HandleOf(Handle client) => (SafeHandle)NativeHandle(client);

    /// <summary>The cluster's id as its brokers tell it to every client, unlike what they tell of it when they are asked to describe it; null where they do not.</summary>
    internal static string? ClusterId(Handle client, TimeSpan timeout)
    {
        var native = HandleOf(client);
        var id = Imports.ClusterId(native, (int)timeout.TotalMilliseconds);
        if (id == 0)
            return null;

        var text = Marshal.PtrToStringUTF8(id);
        Imports.Free(native, id);
        return text;
    }

    /// <summary>Whether that is the id of the library's own brokers for tests, the embedded ones among them: it is another one at each start, and tells nothing.</summary>
    public static bool IsMock(string? clusterId) => clusterId?.StartsWith("mockCluster", StringComparison.Ordinal) == true;

    /// <summary>Why a client cannot have a property, as the end of a sentence; null where it can.</summary>
    internal static unsafe string? WhyNoProperty(string name, string value)
    {
        const int size = 512;
        var why = stackalloc byte[size];
        var config = Imports.NewConfig();
        try
        {
            return Imports.SetProperty(config, name, value, why, size) switch
            {
                Imports.UnknownProperty => $"has {name}, which librdkafka {Library.VersionString} does not know",
                Imports.InvalidProperty => $"has a value for {name} that librdkafka does not accept",
                _ => null,
            };
        }
        finally
        {
            Imports.DestroyConfig(config);
        }
    }

    private static nint Find()
    {
        // Asking for it loads it.
        var version = Library.VersionString;
        var confluent = typeof(Library).Assembly;
        var build = AskVersion(null).Method.GetCustomAttribute<DllImportAttribute>()?.Value
            ?? throw new DllNotFoundException($"Confluent.Kafka {confluent.GetName().Version} does not tell from which file it has loaded librdkafka {version}.");
        return NativeLibrary.Load(build, confluent, null);
    }

    /// <summary>One of the calls of Confluent.Kafka's, bound to the build that it has loaded.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "_version")]
    private static extern ref Func<nint> AskVersion([UnsafeAccessorType("Confluent.Kafka.Impl.Librdkafka, Confluent.Kafka")] object? librdkafka);
}
