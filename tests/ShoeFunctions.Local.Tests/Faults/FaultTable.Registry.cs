using System.Net;
using System.Net.Http.Json;
using System.Text;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local.Tests.Faults;

internal static partial class FaultTable
{
    private const string Subject = FaultyEngine.Topic + "-value";

    /// <summary>What a request is sent at most: once, and three times again.</summary>
    private const int Tries = 4;

    /// <summary>Timers count in milliseconds, and may be one early.</summary>
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(5);

    private static readonly (string, string) LookUpOnly = ("SCHEMA_AUTO_REGISTER", "false");

    public static IEnumerable<Fault> Registry =>
    [
        // Somebody has to do something: asked once.
        Final("registry: 401", RegistryFaults.Error(401, 40101), FailureKind.Authentication, "40101"),
        Final("registry: 401 without a body", RegistryFaults.Answer(401, ""), FailureKind.Authentication, "401"),
        Final("registry: 403", RegistryFaults.Error(403, 40301), FailureKind.Authorization, "40301"),
        Final("registry: 404, not a registry's", RegistryFaults.Answer(404, "<html>nginx</html>", "text/html"), FailureKind.NotFound, "404"),
        Final("registry: 40401 when registering", RegistryFaults.Error(404, 40401), FailureKind.NotFound, "40401") with { Check = AskedTimes(2) },
        Final("registry: 409 without a code", RegistryFaults.Answer(409, "{}"), FailureKind.IncompatibleSchema, "409"),
        Final("registry: 415", RegistryFaults.Error(415, 415), FailureKind.Invalid, "415"),
        Final("registry: 422", RegistryFaults.Error(422, 42201), FailureKind.Invalid, "42201"),
        Final("registry: 422, read-only", RegistryFaults.Error(422, 42205), FailureKind.Invalid, "42205"),
        Final("registry: an answer that is not JSON", RegistryFaults.Answer(200, "It works!", "text/plain"), FailureKind.Invalid, "not-json"),
        Final("registry: a web page", RegistryFaults.Answer(200, "<html><body>Sign in</body></html>", "text/html"), FailureKind.Invalid, "not-json"),
        Final("registry: JSON cut short", RegistryFaults.Answer(200, """{"id":"""), FailureKind.Invalid, "not-json"),
        Final("registry: JSON of another kind", RegistryFaults.Answer(200, "[]"), FailureKind.Invalid, "not-json"),
        Final("registry: JSON null", RegistryFaults.Answer(200, "null"), FailureKind.Invalid, "not-json"),
        Final("registry: no body", RegistryFaults.Answer(200, ""), FailureKind.Invalid, "not-json"),
        new("registry: no subject, nothing registered", OfRegistry(FailureKind.NotFound, "40401", false))
        {
            Settings = [LookUpOnly],
            Check = AskedTimes(1),
            End = engine => engine.CorrectAsync(("SCHEMA_AUTO_REGISTER", "true")),
        },
        new("registry: another schema under the subject", OfRegistry(FailureKind.NotFound, "40403", false))
        {
            Settings = [LookUpOnly],
            Begin = RegisterOtherAsync("NONE"),
            Check = AskedTimes(1),
            End = engine => engine.CorrectAsync(("SCHEMA_AUTO_REGISTER", "true")),
        },
        new("registry: an incompatible schema under the subject", OfRegistry(FailureKind.IncompatibleSchema, "40901", false))
        {
            Begin = RegisterOtherAsync("BACKWARD"),
            // Looked up, and then registered in vain.
            Check = AskedTimes(2),
            End = engine => PutAsync(engine, "NONE"),
        },

        // It may pass: asked again, with growing waits.
        Lasting("registry: 408", RegistryFaults.Error(408, 40800), FailureKind.Timeout, "40800"),
        Lasting("registry: 429", RegistryFaults.Error(429, 42900), FailureKind.RateLimited, "42900"),
        Lasting("registry: 500", RegistryFaults.Answer(500, ""), FailureKind.ServerError, "500"),
        Lasting("registry: 50001", RegistryFaults.Error(500, 50001), FailureKind.ServerError, "50001"),
        Lasting("registry: 50002", RegistryFaults.Error(500, 50002), FailureKind.Timeout, "50002"),
        Lasting("registry: 50003", RegistryFaults.Error(500, 50003), FailureKind.ServerError, "50003"),
        Lasting("registry: 502, a proxy's page", RegistryFaults.Answer(502, "<html>Bad Gateway</html>", "text/html"), FailureKind.ServerError, "502"),
        Lasting("registry: 503", RegistryFaults.Error(503, 503), FailureKind.ServerError, "503"),
        Lasting("registry: 504", RegistryFaults.Answer(504, ""), FailureKind.Timeout, "504"),
        Lasting("registry: connections reset", RegistryFaults.Reset, FailureKind.Network, "unreachable"),
        new("registry: 503 twice", null) { Begin = Begin(RegistryFaults.Error(503, 503), 2), Check = GrowingWaits(3) },
        new("registry: connection reset once", null) { Begin = Begin(RegistryFaults.Reset, 1) },
        new("registry: slow", null) { Begin = Begin(RegistryFaults.Late(Moment)) },
        new("registry: 429 with Retry-After", null)
        {
            Begin = Begin(RegistryFaults.Error(429, 42900, ("Retry-After", "2")), 1),
            Check = engine => Assert.InRange(Waits(engine)[0], TimeSpan.FromSeconds(2) - TimerGrain, TimeSpan.MaxValue),
        },
        new("registry: 503 with Retry-After", null)
        {
            Begin = Begin(RegistryFaults.Error(503, 503, ("Retry-After", "1")), 2),
            Check = engine => Assert.All(Waits(engine)[..2], wait => Assert.InRange(wait, TimeSpan.FromSeconds(1) - TimerGrain, TimeSpan.MaxValue)),
        },

        // The tick ends before the registry is given up.
        new("registry: 429 with a Retry-After beyond the tick", OfRegistry(FailureKind.RateLimited, "42900", true))
        {
            Settings = [Soon],
            Begin = Begin(RegistryFaults.Error(429, 42900, ("Retry-After", "3600"))),
            Check = AskedTimes(1),
            End = End,
        },
        new("registry: never answers, next tick near", OfRegistry(FailureKind.Timeout, "timeout", true))
        {
            Settings = [Soon],
            Begin = Begin(RegistryFaults.Silence),
            Check = AskedTimes(1),
            End = End,
        },
        new("registry: never answers", OfRegistry(FailureKind.Timeout, "timeout", true))
        {
            Settings = [("KAFKA_TIMEOUT", "1m")],
            Begin = Begin(RegistryFaults.Silence),
            Check = AskedTimes(Tries),
            End = End,
        },

        // The address leads elsewhere.
        Elsewhere("registry's name unknown", _ => "http://no-such-host.invalid", FailureKind.Network, "dns", true),
        Elsewhere("registry's port closed", _ => "http://127.0.0.1:1", FailureKind.Network, "unreachable", true),
        Elsewhere("registry's certificate untrusted", engine => $"https://{engine.RegistryGate.Address}", FailureKind.Tls, "tls-unknown-authority", false, Gate.SpeakUntrustedTlsAsync),
        Elsewhere("TLS to a plaintext registry", engine => $"https://{engine.Registry.Url.Authority}", FailureKind.Tls, "tls-to-plaintext", false),
        Elsewhere("registry's port speaks another protocol", engine => $"http://{engine.RegistryGate.Address}", FailureKind.Invalid, "not-http", false, Gate.SpeakNonsenseAsync),
        Elsewhere("registry's port closes at once", engine => $"http://{engine.RegistryGate.Address}", FailureKind.Network, "unreachable", true, Gate.CloseAsync),
    ];

    private static Fault Final(string name, RegistryFaults.Fault fault, FailureKind kind, string code) => new(name, OfRegistry(kind, code, false))
    {
        Begin = Begin(fault),
        Check = AskedTimes(1),
        End = End,
    };

    private static Fault Lasting(string name, RegistryFaults.Fault fault, FailureKind kind, string code) => new(name, OfRegistry(kind, code, true))
    {
        Begin = Begin(fault),
        Check = engine =>
        {
            AskedTimes(Tries)(engine);
            GrowingWaits(Tries)(engine);
        },
        End = End,
    };

    private static Fault Elsewhere(
        string name, Func<FaultyEngine, string> url, FailureKind kind, string code, bool recoverable, Gate.Treatment? treatment = null) => new(name, OfRegistry(kind, code, recoverable))
        {
            Begin = engine =>
            {
                engine.RegistryGate.Fault = treatment;
                return engine.CorrectAsync(("SCHEMA_REGISTRY_URL", url(engine)));
            },
            // One request; under load the HTTP handler itself may open a second connection for it, and a look why it failed takes up to two.
            Check = engine => Assert.True(recoverable || treatment is null || engine.RegistryGate.Guests is >= 1 and <= 4, $"{engine.RegistryGate.Guests} connections"),
            End = engine => engine.CorrectAsync(("SCHEMA_REGISTRY_URL", engine.Registry.Url.AbsoluteUri)),
        };

    private static Verdict OfRegistry(FailureKind kind, string code, bool recoverable) => new(FailureSource.SchemaRegistry, kind, recoverable, code);

    private static Func<FaultyEngine, Task> Begin(RegistryFaults.Fault fault, int times = int.MaxValue) => Now(engine => engine.RegistryFaults.Begin(fault, times));

    private static Task End(FaultyEngine engine)
    {
        engine.RegistryFaults.End();
        return Task.CompletedTask;
    }

    private static Action<FaultyEngine> AskedTimes(int times) => engine =>
        Assert.Equal(times, engine.RegistryFaults.Requests.Count(request => request.Method == "POST" && request.Path.StartsWith($"/subjects/{Subject}", StringComparison.Ordinal)));

    /// <summary>A quarter of a second before the second request, and twice as long before each further one.</summary>
    private static Action<FaultyEngine> GrowingWaits(int requests) => engine =>
    {
        var waits = Waits(engine);
        for (var request = 1; request < requests; request++)
            Assert.InRange(waits[..request].Sum(wait => wait.TotalSeconds), request switch { 1 => 0.24, 2 => 0.74, _ => 1.74 }, double.MaxValue);
    };

    /// <summary>How long after the one before each of the registry's requests came in.</summary>
    private static TimeSpan[] Waits(FaultyEngine engine)
    {
        var times = engine.RegistryFaults.Requests.Where(request => request.Method == "POST").Select(request => request.Timestamp).ToArray();
        return [.. times.Zip(times.Skip(1), (one, next) => engine.Time.GetElapsedTime(one, next))];
    }

    /// <summary>Puts a schema under the subject that is not ours and that ours does not go together with.</summary>
    public static Func<FaultyEngine, Task> RegisterOtherAsync(string compatibility) => async engine =>
    {
        await PutAsync(engine, compatibility);
        using var http = new HttpClient { BaseAddress = engine.Registry.Url };
        using var body = new StringContent(
            """{"schemaType":"PROTOBUF","schema":"syntax = \"proto3\"; package main; message Shoe { string id = 1; }"}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri($"/subjects/{Subject}/versions", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        engine.RegistryFaults.Forget();
    };

    private static async Task PutAsync(FaultyEngine engine, string compatibility)
    {
        using var http = new HttpClient { BaseAddress = engine.Registry.Url };
        using var answer = await http.PutAsJsonAsync($"/config/{Subject}", new { compatibility });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
