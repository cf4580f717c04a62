using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Confluent.Kafka;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;

namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>
/// What the engine is measured against in other languages, each a process: <c>bench/Reference/producer.c</c>, compiled here
/// against the very library file that the engine uses, and kcat. Their records have the sizes of the engine's.
/// </summary>
internal sealed class ReferenceWay : IDisposable
{
    private static readonly (int Value, int Id, int Brand) Sizes = MeanSizes();

    private readonly DirectoryInfo _folder;
    private readonly string _program;

    private ReferenceWay(DirectoryInfo folder) => (_folder, _program) = (folder, Path.Combine(folder.FullName, "producer"));

    /// <summary>Compiles the program; null, and a line why, where that cannot be done here.</summary>
    public static async Task<ReferenceWay?> CompileAsync()
    {
        var way = new ReferenceWay(Directory.CreateTempSubdirectory("shoes-reference-"));
        // By the name that it asks for itself, whatever its file's is.
        File.CreateSymbolicLink(Path.Combine(way._folder.FullName, "librdkafka.so.1"), LoadedLibrary());
        string[] arguments =
        [
            "-O2", "-o", way._program, Path.Combine(Processes.Repository, "bench/Reference/producer.c"), "-I", Headers,
            "-L", way._folder.FullName, "-l:librdkafka.so.1", $"-Wl,-rpath,{way._folder.FullName}",
        ];
        try
        {
            using var compiling = Process.Start(new ProcessStartInfo("cc", arguments))!;
            await compiling.WaitForExitAsync();
            if (compiling.ExitCode == 0)
                return way;
        }
        catch (Win32Exception)
        {
            Console.Error.WriteLine("There is no C compiler here (cc): the reference in C is left out.");
            way.Dispose();
            return null;
        }

        way.Dispose();
        throw new InvalidOperationException("The reference in C does not compile.");
    }

    /// <summary>Runs it, warmed up as the other ways are.</summary>
    public async Task<PipelineRun> RunAsync(int shoes, int batches, IReadOnlyDictionary<string, string?> settings)
    {
        int[] numbers = [shoes, batches, PipelineRun.WarmUps, Math.Min(shoes, PipelineRun.MostShoesInWarmUp), Sizes.Value, Sizes.Id, Sizes.Brand];
        using var process = Processes.Start(
            _program, settings,
            [settings["KAFKA_BOOTSTRAP_SERVERS"]!, settings["KAFKA_TOPIC"]!, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<PipelineRun>(output)! : throw new InvalidOperationException($"The reference in C failed: {output}");
    }

    /// <summary>Sends so many lines from a file by kcat, start and end included; null where there is none.</summary>
    public static async Task<PipelineRun?> KcatAsync(int shoes, IReadOnlyDictionary<string, string?> settings)
    {
        var lines = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(lines, Enumerable.Repeat(new string('7', Sizes.Value), shoes));
            var command = "command -v kcat >&2 || exit 127; TIMEFORMAT='%R %U %S'; time kcat -P "
                + $"-b {settings["KAFKA_BOOTSTRAP_SERVERS"]} -t {settings["KAFKA_TOPIC"]} -X enable.idempotence=true -X linger.ms=5 "
                + $"-H content-type=application/x-protobuf -H shoe-id={new string('7', Sizes.Id)} -H shoe-brand={new string('7', Sizes.Brand)} -l {lines}";
            using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardError = true })!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode == 127)
            {
                Console.Error.WriteLine("There is no kcat here: its row is left out.");
                return null;
            }

            if (process.ExitCode != 0)
                throw new InvalidOperationException($"kcat failed: {errors}");
            var times = errors.TrimEnd().Split('\n')[^1].Split(' ').Select(seconds => double.Parse(seconds, CultureInfo.InvariantCulture)).ToArray();
            return new PipelineRun([times[0]], times[1] + times[2], 0, 0, 0);
        }
        finally
        {
            File.Delete(lines);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Headers => Path.Combine(
        typeof(ReferenceWay).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "LibrdkafkaPackage").Value!, "build/native/include");

    private static string LoadedLibrary()
    {
        _ = Library.Version;
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Single(module => module.ModuleName.Contains("librdkafka", StringComparison.Ordinal)).FileName;
    }

    private static (int Value, int Id, int Brand) MeanSizes()
    {
        var shoes = new ShoeGenerator(0).Shoes(Tick.At(TimeProvider.System.GetUtcNow()), 10_000).ToArray();
        return (
            (int)shoes.Average(shoe => ShoeFrame.Length(shoe)),
            (int)shoes.Average(shoe => shoe.Id.ToString(CultureInfo.InvariantCulture).Length),
            (int)shoes.Average(shoe => shoe.Model.BrandUtf8.Length));
    }
}
