using BenchmarkDotNet.Running;
using ShoeFunctions.Benchmarks;
using ShoeFunctions.Benchmarks.Pipeline;

switch (args)
{
    case ["pipeline-run", var way, var shoes, var batches, var compression]:
        using (var b = await BrokerProcess.StartAsync())
            await PipelineRun.MeasureAsync(way, int.Parse(shoes), int.Parse(batches), b.With(("KAFKA_COMPRESSION", compression), ("KAFKA_TIMEOUT", "5m")));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Figure).Assembly).Run(args);
        break;
}
