using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using ShoeFunctions.Engine.Librdkafka;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Librdkafka;

public sealed class ClientLibraryTests
{
    [Fact]
    public void There_is_one_copy_of_it_in_the_process_which_is_Confluents()
    {
        using var engine = new TestEngine();
        using var sender = new ShoeFunctions.Engine.Kafka.KafkaSender(engine.KafkaOptions, ShoeFunctions.Engine.Credentials.PeerCredentials.None, false, engine.Time, engine.KafkaLog);
        using var process = Process.GetCurrentProcess();
        Assert.Single(process.Modules.Cast<ProcessModule>().Select(module => module.FileName), file => Path.GetFileName(file).Contains("rdkafka", StringComparison.Ordinal));

        var version = NativeLibrary.GetExport(ClientLibrary.Resolve(ClientLibrary.Name, typeof(ClientLibrary).Assembly, null), "rd_kafka_version");
        Assert.Equal(Library.Version, Marshal.GetDelegateForFunctionPointer<AskVersion>(version)());
    }

    [Fact]
    public void Other_libraries_are_found_as_ever() => Assert.Equal(0, ClientLibrary.Resolve("libc", typeof(ClientLibrary).Assembly, null));

    private delegate int AskVersion();
}
