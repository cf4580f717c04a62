using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using StreamJsonRpc;

namespace ShoeFunctions.Infrastructure.Tests.Bicep;

/// <summary>The Bicep compiler. It needs neither network nor sign-in.</summary>
internal static class BicepCompiler
{
    private const string WhyNot = "The Bicep compiler's package is one for Linux on x64.";

    private static readonly string? Program =
        typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(metadata => metadata.Key == "Bicep")?.Value;

    /// <summary>What <c>main.bicepparam</c> takes from the environment where it is there.</summary>
    public static readonly string[] NotNeeded =
        [.. Regex.Matches(Repository.Read("infra/main.bicepparam"), @"readEnvironmentVariable\('([A-Z_]+)', ''\)").Select(match => match.Groups[1].Value)];

    /// <summary>What it is given here.</summary>
    private static readonly (string, string?)[] Environment =
    [
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
        ("KAFKA_BOOTSTRAP_SERVERS", "broker.example.com:9092"), ("SCHEMA_REGISTRY_URL", "https://registry.example.com"),
        .. NotNeeded.Select(name => (name, (string?)null)),
    ];

    private static readonly string Authority = SomeAuthority();

    /// <summary>
    /// The compiler as a program that stays as long as the tests, since to start it takes longer than all that it is asked. It is asked one
    /// thing at a time.
    /// </summary>
    private static readonly Lazy<JsonRpc> Server = new(StartServer);
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>What was compiled and deployed already: many tests look at the same.</summary>
    private static readonly ConcurrentDictionary<string, Task<IReadOnlyList<JsonElement>>> Deployed = new();
    private static readonly Lazy<Task<JsonElement>> Compiled = new(CompileOnceAsync);

    /// <summary>The parameters with all that the code has no default for, and everything else other than by default.</summary>
    public static readonly string[] Other =
    [
        "param kafkaSecurityProtocol = 'SASL_SSL'", "param kafkaSaslMechanism = 'OAUTHBEARER'", "param oauthScope = 'api://shoes/.default'",
        "param kafkaOauthExtensions = 'logicalCluster=lkc-abc123,identityPoolId=pool-abc1'", $"param kafkaSslCa = '{Authority}'", "param kafkaClientProperties = 'linger.ms=20'",
        "param schemaRegistryOauthScope = 'api://shoes/.default'", "param schemaRegistryLogicalCluster = 'lsrc-abc123'",
        "param schemaRegistryIdentityPool = 'pool-abc1,pool-abc2'", $"param schemaRegistrySslCa = '{Authority}'", "param keyVault = true",
        "param kafkaMessageKey = 'brand'", "param kafkaCompression = 'zstd'", "param kafkaRetryMax = 1000",
        "param schemaAutoRegister = false", "param batchSize = 1048576", "param loadCurve = '00:00=0.2,08:00=1'", "param loadWeek = 'sat=0.5,sun=0.25'", "param loadSpikes = '2026-11-27T08:00:00Z/1h=0.5'", "param delivery = 'exactly-once'", "param catchUpLimit = 0", "param fanOutAbove = 100000", "param fanOutChunk = 10000", "param faults = 'late=1%'", "param faultLateness = '1h'", "param faultLabels = true", "param serializer = 'confluent'", "param allowInsecure = true",
        "param logLevel = 'critical'", "param alwaysReadyForTimer = 1", "param alwaysReadyForChunks = 20", "param maximumInstanceCount = 1000", "param vaultPurgeProtection = true", "param privateNetwork = true",
        "param alertEmail = 'owner@example.com'", "param alertWithoutTickMinutes = 60",
        "param kafkaApiKey = 'hush'", "param kafkaApiSecret = 'hush'", "param schemaRegistryApiKey = 'hush'", "param schemaRegistryApiSecret = 'hush'",
        "param kafkaSslCertificate = 'hush'", "param kafkaSslKey = 'hush'", "param kafkaSslKeyPassword = 'hush'",
        "param schemaRegistrySslCertificate = 'hush'", "param schemaRegistrySslKey = 'hush'", "param schemaRegistrySslKeyPassword = 'hush'",
    ];

    /// <summary>Tokens of the app's identity are all that brokers and registry ask for.</summary>
    public static readonly string[] Tokens = ["param oauthScope = 'api://shoes/.default'", "param schemaRegistryOauthScope = 'api://shoes/.default'", "param privateNetwork = true"];

    /// <summary>One credential is to be written; and an alert after the longest time that there is.</summary>
    public static readonly string[] OneCredential = ["param kafkaApiKey = 'hush'", "param alertWithoutTickMinutes = 1440"];

    /// <summary>KAFKA_API_KEY is kafkaApiKey.</summary>
    public static string ParameterOf(string setting) =>
        string.Concat(setting.Split('_').Select((word, i) => i == 0 ? word.ToLowerInvariant() : $"{word[0]}{word[1..].ToLowerInvariant()}"));

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

    /// <summary>What is said of parameters that cannot be deployed.</summary>
    public static async Task<string> RefusedAsync(params IEnumerable<string> parameters) =>
        (await Assert.ThrowsAsync<RemoteInvocationException>(() => SnapshotAsync(string.Join('\n', parameters)))).Message;

    private static async Task<IReadOnlyList<JsonElement>> DeployOnceAsync(string parameters) =>
        [.. (await SnapshotAsync(parameters)).GetProperty("predictedResources").EnumerateArray()];

    private static async Task<JsonElement> SnapshotAsync(string parameters)
    {
        var folder = Directory.CreateTempSubdirectory("shoes-bicep-");
        try
        {
            var path = Path.Combine(folder.FullName, "test.bicepparam");
            string[] given =
            [
                $"using '{Path.GetRelativePath(folder.FullName, Repository.PathOf("infra/main.bicep"))}'",
                "param kafkaBootstrapServers = 'broker.example.com:9092'",
                "param schemaRegistryUrl = 'https://registry.example.com'",
            ];
            await File.WriteAllLinesAsync(path, [.. given, parameters]);
            Assert.Empty((await AskAsync("compileParams", new { path, parameterOverrides = new { } })).GetProperty("diagnostics").EnumerateArray());
            var metadata = new { tenantId = Guid.Empty, subscriptionId = Guid.Empty, resourceGroup = "shoes", location = "westeurope" };
            var answer = await AskAsync("getSnapshot", new { path, metadata });
            return JsonElement.Parse(answer.GetProperty("snapshot").GetString()!);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonElement> CompileOnceAsync()
    {
        var answer = await AskAsync("compile", new { path = Repository.PathOf("infra/main.bicep") });
        Assert.Empty(answer.GetProperty("diagnostics").EnumerateArray());
        return JsonElement.Parse(answer.GetProperty("contents").GetString()!);
    }

    private static async Task<JsonElement> AskAsync(string method, object question)
    {
        Assert.SkipWhen(Program is null, WhyNot);
        await One.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await Server.Value.InvokeWithCancellationAsync<JsonElement>($"bicep/{method}", [question], TestContext.Current.CancellationToken);
        }
        finally
        {
            One.Release();
        }
    }

    private static JsonRpc StartServer()
    {
        var start = new ProcessStartInfo(Program!, ["jsonrpc", "--stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        var server = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.Kill();
            server.WaitForExit();
        };
        var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(server.StandardInput.BaseStream, server.StandardOutput.BaseStream, new SystemTextJsonFormatter()));
        rpc.StartListening();
        return rpc;
    }

    /// <summary>A certificate in PEM, its lines' ends as Bicep writes them.</summary>
    private static string SomeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = new CertificateRequest("CN=Shoes", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return authority.ExportCertificatePem().ReplaceLineEndings("\\n");
    }
}
