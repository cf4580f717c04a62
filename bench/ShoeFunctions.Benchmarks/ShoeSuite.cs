using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ShoeFunctions.Benchmarks;

/// <summary>What one shoe costs before it is sent, by BenchmarkDotNet.</summary>
internal static class ShoeSuite
{
    public static Task<IReadOnlyList<Figure>> RunAsync()
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddLogger(NullLogger.Instance)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "ShoeFunctions.Benchmarks"));
        var summary = BenchmarkRunner.Run<ShoeBenchmarks>(config);
        if (summary.HasCriticalValidationErrors || summary.Reports.Any(report => report.ResultStatistics is null))
            throw new InvalidOperationException($"A benchmark failed: {string.Join(' ', summary.ValidationErrors)}");

        var results = summary.Reports.ToDictionary(
            report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name,
            report => (Time: report.ResultStatistics!.Median, Bytes: (double)(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0)));
        var figures = new List<Figure>();
        Add("generate", "Generate");
        Add("serialise", "SerialiseAsync");
        Add("generate-and-serialise", "GenerateAndSerialiseAsync");
        AddSend("send", "Send");
        AddSend("send-faults-of-all-kinds", "SendFaulty");
        AddSend("send-late", "SendLate");
        return Task.FromResult<IReadOnlyList<Figure>>(figures);

        // What faults cost, beside the same without.
        void AddSend(string name, string method)
        {
            figures.Add(new($"shoe.{name}.time", results[method].Time, "ns", "without faults", results["Send"].Time));
            figures.Add(new($"shoe.{name}.allocated", results[method].Bytes, "B", "without faults", results["Send"].Bytes));
        }

        void Add(string name, string method)
        {
            var (time, bytes) = results[method];
            foreach (var (reference, referenceMethod) in new[] { ("Google.Protobuf, no frame", "GoogleProtobuf"), ("Confluent's serialiser", "ConfluentAsync") })
                if (results.TryGetValue(referenceMethod, out var other))
                {
                    figures.Add(new($"shoe.{name}.time", time, "ns", reference, other.Time));
                    figures.Add(new($"shoe.{name}.allocated", bytes, "B", reference, other.Bytes));
                }
        }
    }
}
