using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

/// <summary>Azure's storage emulator, as a process on ports of its own.</summary>
public sealed class Azurite : IAsyncLifetime
{
    public const string WhyNot = "Azure Storage is not tested: Azurite is missing; install Node.js with npm, and script/test fetches it.";

    private const string Account = "shoes";

    private const int MostAccounts = 50;

    private static readonly string Key = Convert.ToBase64String(Encoding.UTF8.GetBytes("no secret: the emulator's, and ours alone"));

    /// <summary>In the repository that this is built in: a release does not know the paths of its sources.</summary>
    private static readonly string Folder = FoldersFrom(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, "tests/azurite")).First(Directory.Exists);

    private readonly StringBuilder _output = new();
    private Process? _process;
    private int _topics;
    private int _accounts;
    private int _queues;

    /// <summary>Whether it can run here.</summary>
    public static bool IsThere { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "azurite")) && NodeRuns();

    /// <summary>Where the account's tables are.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1:1");

    /// <summary>Where the account's queues are.</summary>
    public Uri QueueEndpoint { get; private set; } = new("http://127.0.0.1:1");

    /// <summary>As the setting has it.</summary>
    public string ConnectionString => ConnectionStringOf(Account);

    /// <summary>The same of an account that no other test has: the app's queues have names of their own.</summary>
    public string NextAccount() => ConnectionStringOf($"{Account}{Interlocked.Increment(ref _accounts) % MostAccounts}");

    private string ConnectionStringOf(string account) =>
        $"AccountName={account};AccountKey={Key};TableEndpoint={new Uri(Endpoint, account)};QueueEndpoint={new Uri(QueueEndpoint, account)}";

    /// <summary>A topic that no other test has.</summary>
    public string NextTopic() => $"topic-{Interlocked.Increment(ref _topics)}";

    /// <summary>The name of a queue that no other test has.</summary>
    public string NextQueue() => $"queue-{Interlocked.Increment(ref _queues)}";

    /// <summary>The account's connection string with its tables elsewhere, and no queues.</summary>
    public static string ConnectionStringOf(Uri endpoint) => $"AccountName={Account};AccountKey={Key};TableEndpoint={new Uri(endpoint, Account)}";

    public async ValueTask InitializeAsync()
    {
        // Another process may take a port between the choice and the start.
        for (var attempt = 0; IsThere && attempt < 5 && !await StartAsync(); attempt++)
            await StopAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<bool> StartAsync()
    {
        var (tables, queues) = (LoopbackPorts.Take(), LoopbackPorts.Take());
        var start = Node(
        [
            "node_modules/azurite/dist/src/azurite.js", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            "--tablePort", $"{tables}", "--queuePort", $"{queues}", "--blobPort", "0",
        ]);
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(0, MostAccounts).Select(number => $"{Account}{number}").Prepend(Account).Select(account => $"{account}:{Key}"));
        _process = Child.Start(start);
        _process.OutputDataReceived += (_, line) => _output.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => _output.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        Endpoint = new Uri($"http://127.0.0.1:{tables}");
        QueueEndpoint = new Uri($"http://127.0.0.1:{queues}");
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(Wait.Patience);
        while (!_process.HasExited)
        {
            try
            {
                using var answer = await client.GetAsync(Endpoint, limit.Token);
                return !_process.HasExited;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
        }

        TestContext.Current.SendDiagnosticMessage("Azurite ended: {0}", _output);
        return false;
    }

    private async Task StopAsync()
    {
        if (_process is null)
            return;

        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private static bool NodeRuns()
    {
        try
        {
            using var node = Child.Start(Node(["--version"]));
            node.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static ProcessStartInfo Node(IEnumerable<string> arguments) =>
        new("node", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };

    private static IEnumerable<string> FoldersFrom(string path)
    {
        for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }
}

/// <summary>The tests that share one.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
