using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace ShoeFunctions.Infrastructure.Tests.Bicep;

/// <summary>The Bicep compiler. It needs neither network nor sign-in.</summary>
internal static class BicepCompiler
{
    private const string WhyNot = "The Bicep compiler's package is one for Linux on x64.";

    private static readonly string? Program =
        typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(metadata => metadata.Key == "Bicep")?.Value;

    /// <summary>What <c>main.bicepparam</c> takes from the environment.</summary>
    private static readonly (string, string?)[] Environment =
    [
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
        ("KAFKA_BOOTSTRAP_SERVERS", "broker.example.com:9092"), ("SCHEMA_REGISTRY_URL", "https://registry.example.com"),
        ("KAFKA_API_KEY", null), ("KAFKA_API_SECRET", null), ("SCHEMA_REGISTRY_API_KEY", null), ("SCHEMA_REGISTRY_API_SECRET", null),
    ];

    /// <summary>What was compiled and deployed already: many tests look at the same.</summary>
    private static readonly ConcurrentDictionary<string, Task<IReadOnlyList<JsonElement>>> Deployed = new();
    private static readonly Lazy<Task<JsonElement>> Compiled = new(CompileOnceAsync);

    /// <summary>The parameters with all that the code has no default for, and everything else other than by default.</summary>
    public static readonly string[] Other =
    [
        "param kafkaSecurityProtocol = 'SASL_PLAINTEXT'", "param kafkaMessageKey = 'brand'", "param kafkaCompression = 'zstd'", "param kafkaRetryMax = 1000",
        "param schemaAutoRegister = false", "param batchSize = 1048576", "param catchUpLimit = 0", "param serializer = 'confluent'", "param allowInsecure = true",
        "param logLevel = 'critical'", "param alwaysReadyForTimer = 1", "param vaultPurgeProtection = true", "param privateNetwork = true",
        "param alertEmail = 'owner@example.com'", "param alertWithoutTickMinutes = 60",
        "param kafkaApiKey = 'hush'", "param kafkaApiSecret = 'hush'", "param schemaRegistryApiKey = 'hush'", "param schemaRegistryApiSecret = 'hush'",
    ];

    /// <summary>One credential is to be written; and an alert after the longest time that there is.</summary>
    public static readonly string[] OneCredential = ["param kafkaApiKey = 'hush'", "param alertWithoutTickMinutes = 1440"];

    /// <summary>Runs it.</summary>
    public static Task<Ran> RunAsync(IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> environment)
    {
        Assert.SkipWhen(Program is null, WhyNot);
        return Ran.ProgramAsync(Program, arguments, [.. Environment, .. environment]);
    }

    /// <summary>The template that <c>infra/main.bicep</c> becomes.</summary>
    public static Task<JsonElement> CompileAsync() => Compiled.Value;

    /// <summary>
    /// The resources that a deployment would make, all expressions worked out that can be without Azure, with these
    /// further parameters in Bicep's syntax.
    /// </summary>
    public static Task<IReadOnlyList<JsonElement>> DeployedAsync(params IEnumerable<string> parameters) =>
        Deployed.GetOrAdd(string.Join('\n', parameters), DeployOnceAsync);

    private static async Task<IReadOnlyList<JsonElement>> DeployOnceAsync(string parameters)
    {
        var folder = Directory.CreateTempSubdirectory("shoes-bicep-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.bicepparam");
            string[] given =
            [
                $"using '{Path.GetRelativePath(folder.FullName, Repository.PathOf("infra/main.bicep"))}'",
                "param kafkaBootstrapServers = 'broker.example.com:9092'",
                "param schemaRegistryUrl = 'https://registry.example.com'",
            ];
            await File.WriteAllLinesAsync(file, [.. given, parameters]);
            var ran = await RunAsync(
            [
                "snapshot", file, "--mode", "overwrite", "--location", "westeurope", "--resource-group", "shoes",
                "--tenant-id", Guid.Empty.ToString(), "--subscription-id", Guid.Empty.ToString(),
            ]);
            Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
            var snapshot = JsonElement.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(file, ".snapshot.json")));
            return [.. snapshot.GetProperty("predictedResources").EnumerateArray()];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonElement> CompileOnceAsync()
    {
        var ran = await RunAsync(["build", Repository.PathOf("infra/main.bicep"), "--stdout"]);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        return JsonElement.Parse(ran.Output);
    }
}
