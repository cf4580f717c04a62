using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using ShoeFunctions.Engine.Credentials;

namespace ShoeFunctions.Engine.Serialization;

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
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Lazy<ResiliencePipeline> _retry;

    /// <summary>A client of the registry; it connects when it is first asked.</summary>
    public RegistryClient(SchemaRegistryOptions options, ApiKey? credentials, TimeProvider time, HttpMessageHandler handler)
    {
        _http = new HttpClient(handler) { BaseAddress = new Uri(options.Url.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.schemaregistry.v1+json"));
        if (credentials is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Key}:{credentials.Secret}")));

        (_timeout, _time) = (options.Timeout, time);
        _retry = new(RetryPipeline);
    }

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
        GetAsync($"subjects/{Uri.EscapeDataString(subject)}/versions/latest", RegistryJson.Default.RegisteredVersion, cancellation);

    /// <summary>All subjects.</summary>
    public Task<string[]> SubjectsAsync(CancellationToken cancellation) => GetAsync("subjects", RegistryJson.Default.StringArray, cancellation);

    /// <summary>The kinds of schemas that the registry knows.</summary>
    public Task<string[]> TypesAsync(CancellationToken cancellation) => GetAsync("schemas/types", RegistryJson.Default.StringArray, cancellation);

    /// <summary>Whether our schema is compatible with the newest version of a subject; true where there is none.</summary>
    public async Task<bool> IsCompatibleAsync(string subject, CancellationToken cancellation) =>
        (await SendAsync(
            HttpMethod.Post, $"compatibility/subjects/{Uri.EscapeDataString(subject)}/versions/latest?normalize=true",
            RegistryJson.Default.CompatibilityAnswer, cancellation)).IsCompatible;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private ResiliencePipeline RetryPipeline() =>
        new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(250),
                UseJitter = true,
                ShouldHandle = retry => ValueTask.FromResult(retry.Outcome.Exception is { } error && IsTransient(error)),
                DelayGenerator = retry => ValueTask.FromResult((retry.Outcome.Exception as RegistryException)?.RetryAfter),
            })
            .Build();

    private Task<RegisteredVersion> PostAsync(string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, RegistryJson.Default.RegisteredVersion, cancellation);

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, json, cancellation);

    /// <summary>Sends a request, with our schema where it is a POST, and again where the failure may pass.</summary>
    /// <exception cref="OperationCanceledException">Its cause is what the last try met, where there was one.</exception>
    private async Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> json, CancellationToken cancellation)
    {
        try
        {
            return await InTimeAsync(method, path, json, cancellation);
        }
        catch (Exception error) when (IsTransient(error))
        {
            return await SendAgainAsync(error, method, path, json, cancellation);
        }
    }

    /// <summary>
    /// Goes on after a first try that failed. The retries come in only here: to put them together and run a first try
    /// through them makes the first tick some 20 ms later.
    /// </summary>
    private async Task<T> SendAgainAsync<T>(Exception first, HttpMethod method, string path, JsonTypeInfo<T> json, CancellationToken cancellation)
    {
        var (tries, met) = (0, first);
        try
        {
            return await _retry.Value.ExecuteAsync(
                async stop =>
                {
                    try
                    {
                        return tries++ == 0 ? throw first : await InTimeAsync(method, path, json, stop);
                    }
                    catch (Exception error) when (error is not OperationCanceledException)
                    {
                        met = error;
                        throw;
                    }
                },
                cancellation);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(met.Message, met, cancellation);
        }
    }

    private async Task<T> InTimeAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> json, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await TryAsync(method, path, json, either.Token);
        }
        catch (OperationCanceledException cut) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutRejectedException($"The registry did not answer within {_timeout}.", _timeout, cut);
        }
    }

    private async Task<T> TryAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> json, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
            request.Content = JsonContent.Create(SchemaRequest.OfShoe, RegistryJson.Default.SchemaRequest, new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json"));
        using var response = await _http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
            throw await FailedAsync(response, cancellation);
        return await response.Content.ReadFromJsonAsync(json, cancellation) ?? throw new JsonException();
    }

    private static async Task<RegistryException> FailedAsync(HttpResponseMessage response, CancellationToken cancellation)
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

        var wait = response.Headers.RetryAfter?.Delta;
        return new RegistryException(response.StatusCode, code, wait < LongestRetryAfter ? wait : wait is null ? null : LongestRetryAfter);
    }

    /// <summary>No connection may pass; no trust and another protocol do not.</summary>
    private static bool IsTransient(Exception error) =>
        error is TimeoutRejectedException or RegistryException { IsTransient: true }
        || error is HttpRequestException { HttpRequestError: not (HttpRequestError.SecureConnectionError or HttpRequestError.InvalidResponse) };
}
