using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>Makes a registry answer otherwise than it should, for tests, and remembers what it was asked.</summary>
internal sealed class RegistryFaults
{
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private Fault? _fault;
    private int _left;

    /// <summary>Answers a request instead of the registry; false leaves that to it.</summary>
    public delegate Task<bool> Fault(HttpContext context);

    /// <summary>A request, and when it came in (of <see cref="TimeProvider.GetTimestamp"/>).</summary>
    public sealed record Request(string Method, string Path, long Timestamp);

    /// <summary>Stands before a registry from now on.</summary>
    public RegistryFaults(EmbeddedRegistry registry, TimeProvider time)
    {
        _time = time;
        registry.Intercept = context => Next(context.Request) is { } fault ? fault(context) : Task.FromResult(false);
    }

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyCollection<Request> Requests => _requests;

    /// <summary>Forgets what was asked.</summary>
    public void Forget() => _requests.Clear();

    /// <summary>Answers the next so many requests like this.</summary>
    public void Begin(Fault fault, int times = int.MaxValue)
    {
        lock (_lock)
            (_fault, _left) = (fault, times);
    }

    /// <summary>Leaves all answers to the registry again.</summary>
    public void End()
    {
        lock (_lock)
            _left = 0;
    }

    /// <summary>An answer with a status and a body.</summary>
    public static Fault Answer(int status, string body, string contentType = "application/vnd.schemaregistry.v1+json", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(body, context.RequestAborted);
        return true;
    };

    /// <summary>An error in the registry's own form.</summary>
    public static Fault Error(int status, int code, params (string Name, string Value)[] headers) =>
        Answer(status, string.Create(CultureInfo.InvariantCulture, $$"""{"error_code":{{code}},"message":"hush: as the test wants it"}"""), headers: headers);

    /// <summary>No answer; the connection stays.</summary>
    public static Fault Silence { get; } = async context =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    };

    /// <summary>The connection is reset instead of an answer.</summary>
    public static Fault Reset { get; } = context =>
    {
        context.Abort();
        return Task.FromResult(true);
    };

    /// <summary>The registry's own answer, after a time.</summary>
    public static Fault Late(TimeSpan delay) => async context =>
    {
        await Task.Delay(delay, TimeProvider.System, context.RequestAborted);
        return false;
    };

    private Fault? Next(HttpRequest request)
    {
        lock (_lock)
        {
            _requests.Enqueue(new Request(request.Method, request.Path, _time.GetTimestamp()));
            if (_left == 0)
                return null;
            _left--;
            return _fault;
        }
    }
}
