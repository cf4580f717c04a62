using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.SchemaRegistry;

/// <summary>
/// Asks the schema registry, over its REST API, for the few things that are needed to register and check our schema.
/// </summary>
/// <remarks>
/// Confluent.SchemaRegistry 2.14 hides the status of an answer that it has retried in vain, and does not look at
/// Retry-After: with it, a registry that is overloaded cannot be told from one that is not there. Source: Confluent,
/// "Schema Registry API Reference".
/// </remarks>
public sealed class RegistryClient : IDisposable
{
    private const int Retries = 3;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(20);
    private static readonly byte[] OurSchema = JsonSerializer.SerializeToUtf8Bytes(SchemaRequest.OfShoe, RegistryJson.Default.SchemaRequest);

    private readonly HttpClient _http;
    private readonly IReadOnlyList<Uri> _urls;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly TokenSource? _tokens;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _tokenHeaders;

    /// <summary>Which address answered last: it is asked first.</summary>
    private int _current;

    /// <summary>A client of the registry; it connects when it is first asked.</summary>
    public RegistryClient(SchemaRegistryOptions options, PeerCredentials credentials, TimeProvider time, HttpMessageHandler handler)
    {
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.schemaregistry.v1+json"));
        if (credentials.Key is { } key)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.Key}:{key.Secret}")));

        Tls = credentials.Tls;
        (_urls, _timeout, _time, _tokens, _tokenHeaders) = (options.Urls, options.Timeout, time, credentials.Key is null ? credentials.Tokens : null, options.TokenHeaders);
    }

    /// <summary>How a registry is spoken with: it is trusted as the credentials say, and no redirect is followed with them.</summary>
    public static SocketsHttpHandler Handler(PeerCredentials credentials) => new() { AllowAutoRedirect = false, SslOptions = TlsMaterial.Options(credentials.Tls) };

    /// <summary>Whom it trusts, and what it shows; null for what this machine has.</summary>
    public TlsMaterial? Tls { get; }

    /// <summary>The address that answered last, or is asked first.</summary>
    public Uri Url => _urls[Volatile.Read(ref _current)];

    /// <summary>Registers our schema under a subject, or finds it there.</summary>
    /// <returns>Its id.</returns>
    public async Task<int> RegisterAsync(string subject, CancellationToken cancellation) =>
        (await PostAsync($"subjects/{Uri.EscapeDataString(subject)}/versions?normalize=true", cancellation)).Id;

    /// <summary>Looks our schema up under a subject.</summary>
    /// <returns>Its id.</returns>
    public async Task<int> LookUpAsync(string subject, CancellationToken cancellation) =>
        (await PostAsync($"subjects/{Uri.EscapeDataString(subject)}?normalize=true", cancellation)).Id;

    /// <summary>The newest version of a subject.</summary>
    public Task<RegisteredVersion> LatestAsync(string subject, CancellationToken cancellation) =>
        SendAsync<RegisteredVersion>(HttpMethod.Get, $"subjects/{Uri.EscapeDataString(subject)}/versions/latest", HasId, cancellation);

    /// <summary>All subjects.</summary>
    public Task<string[]> SubjectsAsync(CancellationToken cancellation) => SendAsync<string[]>(HttpMethod.Get, "subjects", Any, cancellation);

    /// <summary>The kinds of schemas that the registry knows.</summary>
    public Task<string[]> TypesAsync(CancellationToken cancellation) => SendAsync<string[]>(HttpMethod.Get, "schemas/types", Any, cancellation);

    /// <summary>The mode that holds for a subject, for example READWRITE.</summary>
    public async Task<string> ModeAsync(string subject, CancellationToken cancellation) =>
        (await SendAsync<ModeAnswer>(HttpMethod.Get, $"mode/{Uri.EscapeDataString(subject)}?defaultToGlobal=true", Any, cancellation)).Mode;

    /// <summary>Whether our schema is compatible with the newest version of a subject; true where there is none.</summary>
    public async Task<bool> IsCompatibleAsync(string subject, CancellationToken cancellation) =>
        (await SendAsync<CompatibilityAnswer>(
            HttpMethod.Post, $"compatibility/subjects/{Uri.EscapeDataString(subject)}/versions/latest?normalize=true", Any, cancellation)).IsCompatible;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<RegisteredVersion> PostAsync(string path, CancellationToken cancellation) =>
        SendAsync<RegisteredVersion>(HttpMethod.Post, path, HasId, cancellation);

    /// <summary>No registry gives an id that is not positive: something else has answered.</summary>
    private static bool HasId(RegisteredVersion answer) => answer.Id > 0;

    private static bool Any<T>(T answer) => true;

    /// <summary>Sends a request, with our schema where it is a POST, and again where the failure may pass.</summary>
    /// <exception cref="RegistryRequestException">What the last try met.</exception>
    /// <exception cref="OperationCanceledException">
    /// Its cause is what the last try met, or where there was none the address that was being asked.
    /// </exception>
    private async Task<T> SendAsync<T>(HttpMethod method, string path, Func<T, bool> isGood, CancellationToken cancellation)
    {
        RegistryRequestException? met = null;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    return await AnywhereAsync(method, path, isGood, cancellation);
                }
                catch (RegistryRequestException failed) when (attempt < Retries && IsTransient(failed.Cause))
                {
                    met = failed;
                }

                await Task.Delay((met.Cause as RegistryException)?.RetryAfter ?? FirstWait * (1 << attempt), _time, cancellation);
            }
        }
        catch (OperationCanceledException) when (met is not null)
        {
            throw new OperationCanceledException(met.Message, met, cancellation);
        }
    }

    /// <summary>Asks one address after the other, until one answers that has no fault of its own.</summary>
    private async Task<T> AnywhereAsync<T>(HttpMethod method, string path, Func<T, bool> isGood, CancellationToken cancellation)
    {
        var first = Volatile.Read(ref _current);
        for (var tried = 0; ; tried++)
        {
            var index = (first + tried) % _urls.Count;
            try
            {
                var answer = await InTimeAsync(method, new Uri(_urls[index].AbsoluteUri.TrimEnd('/') + "/" + path), isGood, cancellation);
                Volatile.Write(ref _current, index);
                return answer;
            }
            catch (FailureException)
            {
                // There is no token, at none of the addresses.
                throw;
            }
            catch (Exception error) when (tried + 1 < _urls.Count && IsOutOfOrder(error))
            {
                // The next one is asked.
            }
            catch (OperationCanceledException cut)
            {
                throw new OperationCanceledException(cut.Message, new RegistryRequestException(_urls[index], cut), cancellation);
            }
            catch (Exception error)
            {
                throw new RegistryRequestException(_urls[index], error);
            }
        }
    }

    private async Task<T> InTimeAsync<T>(HttpMethod method, Uri url, Func<T, bool> isGood, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await TryAsync(method, url, isGood, either.Token);
        }
        catch (OperationCanceledException cut) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The registry did not answer within {_timeout}.", cut);
        }
    }

    private async Task<T> TryAsync<T>(HttpMethod method, Uri url, Func<T, bool> isGood, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, url);
        if (method == HttpMethod.Post)
        {
            // Its length is known and sent: some proxies lose a body that comes in chunks.
            request.Content = new ByteArrayContent(OurSchema);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json");
        }

        if (_tokens is not null)
        {
            // Asked for each time: the last one may have expired since.
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await _tokens.GetAsync(cancellation)).Text);
            foreach (var (name, value) in _tokenHeaders)
                request.Headers.Add(name, value);
        }

        var sent = _http.SendAsync(request, cancellation);
        // While it is on its way: how an answer is read takes a while to set up, the first time.
        var json = (JsonTypeInfo<T>)RegistryJson.Default.GetTypeInfo(typeof(T))!;
        using var response = await sent;
        if (!response.IsSuccessStatusCode)
            throw await FailedAsync(response, url, cancellation);
        return await response.Content.ReadFromJsonAsync(json, cancellation) is { } answer && isGood(answer) ? answer : throw new JsonException();
    }

    private async Task<RegistryException> FailedAsync(HttpResponseMessage response, Uri url, CancellationToken cancellation)
    {
        int? code = null;
        try
        {
            code = (await response.Content.ReadFromJsonAsync(RegistryJson.Default.ErrorAnswer, cancellation))?.ErrorCode;
        }
        catch (Exception notOfARegistry) when (notOfARegistry is JsonException or NotSupportedException)
        {
            // A proxy's error page has no code; its status says enough.
        }

        var location = (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } told ? RegistryAt(new Uri(url, told), url) : null;
        return new RegistryException(response.StatusCode, code, Wait(response.Headers.RetryAfter), location);
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? asked)
    {
        var wait = asked?.Delta ?? asked?.Date - _time.GetUtcNow();
        return wait > LongestRetryAfter ? LongestRetryAfter : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>The address of a registry that answers at a place what was asked for, without query and whatever may be secret.</summary>
    private Uri RegistryAt(Uri place, Uri asked)
    {
        var own = _urls.First(url => asked.AbsoluteUri.StartsWith(url.AbsoluteUri.TrimEnd('/') + "/", StringComparison.Ordinal));
        var request = asked.AbsolutePath[own.AbsolutePath.TrimEnd('/').Length..];
        var path = place.AbsolutePath;
        return new Uri($"{place.Scheme}://{place.Authority}{(path.EndsWith(request, StringComparison.Ordinal) ? path[..^request.Length] : path)}");
    }

    /// <summary>What another address may do better: no connection, no answer in time, a fault of the server's own.</summary>
    private static bool IsOutOfOrder(Exception error) =>
        error is TimeoutException or HttpRequestException or RegistryException { Status: >= HttpStatusCode.InternalServerError };

    /// <summary>No connection may pass; no trust and another protocol do not.</summary>
    private static bool IsTransient(Exception error) =>
        error is TimeoutException or RegistryException { IsTransient: true }
        || error is HttpRequestException { HttpRequestError: not (HttpRequestError.SecureConnectionError or HttpRequestError.InvalidResponse) };
}
