using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Tests.HostProtocol;

/// <summary>The app as the process that the Functions host starts, with a stand-in for the host at the other end.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly string[] HostCapabilities =
    [
        "RpcHttpBodyOnly", "RawHttpBodyBytes", "UseNullableValueDictionaryForHttp", "TypedDataCollection", "WorkerStatus",
        "HandlesWorkerTerminateMessage", "HandlesInvocationCancelMessage",
    ];

    private static readonly Dictionary<string, TypedData> NoMetadata = [];

    private readonly HostStandIn _host;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;
    private readonly Task<int> _exitCode;

    /// <summary>What became of an invocation.</summary>
    public sealed record Invocation(StatusResult.Types.Status Status, string Message, string StackTrace = "");

    /// <summary>What an HTTP function answered.</summary>
    public sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string? ContentType => Headers.GetValueOrDefault("content-type");

        public JsonElement Json => JsonElement.Parse(Body);
    }

    /// <summary>How the process ended.</summary>
    public sealed record Ended(int ExitCode, string Output, string Errors);

    private WorkerProcess(HostStandIn host, string folder, Uri functionsUri, IEnumerable<(string Name, string Value)> settings)
    {
        (_host, Folder) = (host, folder);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(folder, "ShoeFunctions.dll"), "--functions-uri", functionsUri.AbsoluteUri, "--functions-worker-id", "worker-1",
                "--functions-request-id", "start-1", "--functions-grpc-max-message-length", $"{int.MaxValue}",
            },
        };

        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        StartedAt = TimeProvider.System.GetTimestamp();
        _process = Child.Start(start);
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _errors));
        _exitCode = ExitCodeAsync();
    }

    /// <summary>Where the app's files are.</summary>
    public string Folder { get; }

    /// <summary>Completes when the worker has left its host.</summary>
    public Task Left => _host.Left;

    /// <summary>When the process was started, of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long StartedAt { get; }

    /// <summary>The functions that the worker told of, by name.</summary>
    public IReadOnlyDictionary<string, RpcFunctionMetadata> Functions { get; private set; } = new Dictionary<string, RpcFunctionMetadata>();

    /// <summary>What the worker has logged of its invocations so far.</summary>
    public IEnumerable<RpcLog> Logs => _host.Logs;

    /// <summary>The lines on its standard output so far: information in the host's log.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The lines on its standard error so far: warnings in the host's log where they have "warn" in them, else errors where they have "error".</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>The capabilities that the worker told of.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>Every byte that the worker has sent to its host so far, as text.</summary>
    public string EverythingSent => string.Concat(_host.Received.Select(message => Encoding.UTF8.GetString(message.ToByteArray())));

    /// <summary>Starts the app from its build output, until all its functions are loaded.</summary>
    public static Task<WorkerProcess> StartAsync(params (string Name, string Value)[] settings) => StartInAsync(Repository.BuiltApp, settings);

    /// <summary>The same from another folder.</summary>
    public static async Task<WorkerProcess> StartInAsync(string folder, params (string Name, string Value)[] settings)
    {
        var host = await HostStandIn.StartAsync();
        var worker = new WorkerProcess(host, folder, host.Url, settings);
        try
        {
            await worker.LoadAsync().WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the app with an address of its host where nobody answers as a host does.</summary>
    public static async Task<WorkerProcess> StartAtAsync(Uri functionsUri, params (string Name, string Value)[] settings) =>
        new(await HostStandIn.StartAsync(), Repository.BuiltApp, functionsUri, settings);

    /// <summary>Fires the timer.</summary>
    public async Task<Invocation> InvokeTimerAsync(string? traceParent = null)
    {
        var response = await InvokeAsync("ProduceShoes", "timer", new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""" }, traceParent);
        return OutcomeOf(response);
    }

    /// <summary>
    /// Invokes a function, however long it takes. It fails where the worker leaves meanwhile with an error; of one that ends with
    /// none the host does not fail what it ran, which never answers.
    /// </summary>
    /// <param name="function">The function's name.</param>
    /// <param name="parameter">The trigger's name.</param>
    /// <param name="input">What triggered it.</param>
    /// <param name="metadata">What the host tells of it besides.</param>
    /// <param name="killed">Ends the wait, as the host itself does when it is killed.</param>
    public async Task<Invocation> InvokeAsync(string function, string parameter, TypedData input, IDictionary<string, TypedData> metadata, CancellationToken killed)
    {
        try
        {
            return OutcomeOf(await _host.InvokeAsync(Functions[function].FunctionId, parameter, input, metadata, traceParent: null).WaitAsync(killed));
        }
        catch (InvalidOperationException error) when (Left.IsCompleted)
        {
            // 200 is the code of a worker that wants to be started again.
            if (await _exitCode.WaitAsync(killed) is 0 or 200)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, killed);
            return new Invocation(StatusResult.Types.Status.Failure, error.Message);
        }
    }

    /// <summary>Calls an HTTP function.</summary>
    public async Task<HttpAnswer> InvokeHttpAsync(string function, string method, string url)
    {
        var response = await InvokeAsync(function, "request", new TypedData
        {
            Http = new RpcHttp { Method = method, Url = url, NullableHeaders = { ["accept"] = new NullableString { Value = "*/*" } } },
        });
        Assert.Equal((StatusResult.Types.Status.Success, null), (response.Result.Status, response.Result.Exception?.Message));
        var http = response.ReturnValue?.Http ?? response.OutputData.Select(output => output.Data.Http).First();
        return new HttpAnswer(
            int.Parse(http.StatusCode),
            http.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase),
            http.Body.DataCase == TypedData.DataOneofCase.String ? http.Body.String : http.Body.Bytes.ToStringUtf8());
    }

    /// <summary>Asks it to end, as the host does after it has drained.</summary>
    public void Terminate() => _host.Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) } });

    /// <summary>Sends it a signal, TERM or INT.</summary>
    public Task SignalAsync(string signal) => Child.SignalAsync(_process, signal);

    /// <summary>Waits for its end; by then everything that it sent is received.</summary>
    public async Task<Ended> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Patience);
        if (Functions.Count > 0)
            await _host.Left.WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
        await _reading.WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
        return new Ended(_process.ExitCode, string.Join('\n', _output), string.Join('\n', _errors));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _exitCode;
        _process.Dispose();
        await _host.DisposeAsync();
    }

    private async Task LoadAsync()
    {
        var loading = LoadFunctionsAsync();
        if (await Task.WhenAny(loading, _process.WaitForExitAsync(TestContext.Current.CancellationToken)) != loading)
            Assert.Fail($"The worker ended with {_process.ExitCode} before its functions were loaded: {string.Join('\n', _output)}{string.Join('\n', _errors)}");
        await loading;
    }

    private async Task LoadFunctionsAsync()
    {
        Assert.Equal("worker-1", (await _host.NextAsync(StreamingMessage.ContentOneofCase.StartStream)).StartStream.WorkerId);

        var init = new WorkerInitRequest { HostVersion = "4.1045.0", WorkerDirectory = Folder, FunctionAppDirectory = Folder };
        foreach (var capability in HostCapabilities)
            init.Capabilities[capability] = "true";
        var started = await _host.AskAsync(new StreamingMessage { WorkerInitRequest = init }, StreamingMessage.ContentOneofCase.WorkerInitResponse);
        AssertSuccess(started.WorkerInitResponse.Result);
        Capabilities = started.WorkerInitResponse.Capabilities.ToDictionary();

        var found = (await _host.AskAsync(
            new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = Folder } },
            StreamingMessage.ContentOneofCase.FunctionMetadataResponse)).FunctionMetadataResponse;
        AssertSuccess(found.Result);
        Assert.False(found.UseDefaultMetadataIndexing);

        foreach (var function in found.FunctionMetadataResults)
        {
            var loaded = (await _host.AskAsync(
                new StreamingMessage { FunctionLoadRequest = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function } },
                StreamingMessage.ContentOneofCase.FunctionLoadResponse)).FunctionLoadResponse;
            Assert.Equal(function.FunctionId, loaded.FunctionId);
            AssertSuccess(loaded.Result);
        }

        Functions = found.FunctionMetadataResults.ToDictionary(function => function.Name);
    }

    private Task<InvocationResponse> InvokeAsync(string function, string parameter, TypedData input, string? traceParent = null) =>
        _host.InvokeAsync(Functions[function].FunctionId, parameter, input, NoMetadata, traceParent).WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);

    private static Invocation OutcomeOf(InvocationResponse response) =>
        new(response.Result.Status, response.Result.Exception?.Message ?? "", response.Result.Exception?.StackTrace ?? "");

    private async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader from, ConcurrentQueue<string> lines)
    {
        while (await from.ReadLineAsync() is { } line)
            lines.Enqueue(line);
    }

    // Failure is 0, so a result that is not there looks like one.
    private static void AssertSuccess(StatusResult? result) =>
        Assert.Equal((StatusResult.Types.Status.Success, null), (result?.Status, result?.Exception?.Message));
}
