using System.Globalization;
using ShoeFunctions.Benchmarks;
using ShoeFunctions.Benchmarks.Pipeline;

var suites = new Dictionary<string, Func<Task<IReadOnlyList<Figure>>>>
{
    ["shoe"] = ShoeSuite.RunAsync,
    ["pipeline"] = PipelineSuite.RunAsync,
    ["scale"] = ScaleSuite.RunAsync,
    ["wake-up"] = WakeUpSuite.RunAsync,
    ["wire"] = WireSuite.RunAsync,
    ["reading"] = ReadingSuite.RunAsync,
    ["chunks"] = ChunkSuite.RunAsync,
    ["transactions"] = TransactionSuite.RunAsync,
    ["soak"] = SoakSuite.RunAsync,
};

// What a suite measures in a process of its own.
if (args is [PipelineRun.Verb, var way, var shoes, var batches])
{
    await PipelineRun.MeasureAsync(way, int.Parse(shoes, CultureInfo.InvariantCulture), int.Parse(batches, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [SoakSuite.Verb, var minutes])
{
    await SoakSuite.MeasureAsync(int.Parse(minutes, CultureInfo.InvariantCulture));
    return 0;
}

if (args.FirstOrDefault(name => !suites.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"'{unknown}' is no suite; there are {string.Join(", ", suites.Keys)}. Without any, all are run.");
    return 2;
}

var figures = new List<Figure>();
foreach (var name in args is [] ? suites.Keys.ToArray() : args)
{
    Console.Error.WriteLine($"measuring: {name}");
    figures.AddRange(await suites[name]());
}

Report.Print(figures);
return 0;
