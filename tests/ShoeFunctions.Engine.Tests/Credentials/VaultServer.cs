using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShoeFunctions.Engine.Tests.Credentials;

/// <summary>
/// A key vault on loopback, over real HTTPS: the part of Key Vault's REST that reads secrets, with its challenge for
/// whoever brings no token.
/// </summary>
internal sealed class VaultServer : IAsyncDisposable
{
    /// <summary>The only token that it accepts, and the one that <see cref="Identity"/> hands out.</summary>
    public const string Token = "hush-token-of-the-apps-identity";

    private const string Tenant = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001";

    private static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, List<string>> _secrets = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ConcurrentDictionary<string, string> _requests = new();
    private (int Names, TaskCompletionSource AllAsked)? _hold;

    private VaultServer(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(Certificate)));
        _server = builder.Build();
        _server.UseRouting();
        _server.MapGet("/secrets/{name}/{version?}", AnswerAsync);
    }

    /// <summary>Where it listens: https://127.0.0.1 and the port.</summary>
    public Uri Uri { get; private set; } = null!;

    /// <summary>What is wrong with it, or null.</summary>
    public VaultFault? Fault { get; set; }

    /// <summary>The seconds that it tells who asks too often to wait.</summary>
    public int RetryAfter { get; set; }

    /// <summary>What an answer waits for.</summary>
    public Task BeforeAnswer { get; set; } = Task.CompletedTask;

    /// <summary>The identity that may read.</summary>
    public TokenDouble Identity { get; } = new(Token);

    /// <summary>
    /// The names of the secrets that were asked for with a token that is accepted, in order; once where the client asked
    /// again because an answer was late, as on a slow machine any may be.
    /// </summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>How many asked without a token, and were told where to get one.</summary>
    public int Challenges { get; private set; }

    public static async Task<VaultServer> StartAsync(int port = 0)
    {
        var vault = new VaultServer(port);
        await vault._server.StartAsync(TestContext.Current.CancellationToken);
        vault.Uri = new Uri(vault._server.Urls.First());
        return vault;
    }

    /// <summary>A vault with the four secrets.</summary>
    public static async Task<VaultServer> WithKeysAsync(string kafkaKey, string kafkaSecret, string registryKey, string registrySecret, int port = 0)
    {
        var vault = await StartAsync(port);
        vault.Set("kafka-api-key", kafkaKey);
        vault.Set("kafka-api-secret", kafkaSecret);
        vault.Set("schema-registry-api-key", registryKey);
        vault.Set("schema-registry-api-secret", registrySecret);
        return vault;
    }

    /// <summary>Adds a version of a secret, the newest from now on.</summary>
    public void Set(string name, string value) =>
        _secrets.AddOrUpdate(name, _ => [value], (_, versions) => [.. versions, value]);

    /// <summary>Removes a secret with all its versions.</summary>
    public void Remove(string name) => _secrets.TryRemove(name, out _);

    /// <summary>Answers nobody before so many different secrets are asked for; completes when they are.</summary>
    public Task HoldUntilAsked(int names)
    {
        _asked.Clear();
        _hold = (names, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _hold.Value.AllAsked.Task;
    }

    /// <summary>How the real client reaches it: it trusts this one certificate, and retries without long pauses.</summary>
    public static SecretClientOptions ClientOptions()
    {
        var options = new SecretClientOptions
        {
            DisableChallengeResourceVerification = true,
            Transport = new HttpClientTransport(new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = (_, presented, _, _) => presented!.Thumbprint == Certificate.Thumbprint,
            }),
        };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(5);
        return options;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, string name, string? version)
    {
        if (context.Request.Query["api-version"].Count != 1)
        {
            await RefuseAsync(context, 400, "BadParameter", "The request URI has no api-version.");
            return;
        }

        if (Fault == VaultFault.Unauthorized || context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            Challenges++;
            context.Response.Headers.WWWAuthenticate = $"Bearer authorization=\"{Tenant}\", resource=\"https://vault.azure.net\"";
            await RefuseAsync(context, 401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
            return;
        }

        if (_requests.TryAdd(context.Request.Headers["x-ms-client-request-id"].Single()!, name))
            _asked.Enqueue(name);
        if (_hold is var (names, allAsked))
        {
            if (_asked.Distinct().Count() == names)
                allAsked.TrySetResult();
            await allAsked.Task.WaitAsync(context.RequestAborted);
        }

        await BeforeAnswer.WaitAsync(context.RequestAborted);
        await (Fault switch
        {
            VaultFault.Forbidden => RefuseAsync(context, 403, "Forbidden", "Caller is not authorized to perform action on resource."),
            VaultFault.Throttled => ThrottleAsync(context),
            VaultFault.ServerError => RefuseAsync(context, 500, "InternalServerError", "An error occurred in Key Vault."),
            VaultFault.Silent => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted),
            VaultFault.Garbled => context.Response.WriteAsync($"{{\"value\":\"{Newest(name)}\" oops", context.RequestAborted),
            _ => ShowAsync(context, name, version),
        });
    }

    private string? Newest(string name) => _secrets.TryGetValue(name, out var versions) ? versions[^1] : null;

    private Task ShowAsync(HttpContext context, string name, string? version)
    {
        var versions = _secrets.GetValueOrDefault(name) ?? [];
        var index = version is null ? versions.Count - 1 : int.Parse(version);
        if (index < 0 || index >= versions.Count)
            return RefuseAsync(context, 404, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault.");

        return context.Response.WriteAsJsonAsync(
            new { value = versions[index], id = $"{Uri}secrets/{name}/{index}", attributes = new { enabled = true, created = 1, updated = 1 } }, context.RequestAborted);
    }

    private Task ThrottleAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = $"{RetryAfter}";
        return RefuseAsync(context, 429, "Throttled", "Request was not processed because too many requests were received.");
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { code, message } }, context.RequestAborted);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=vault.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        // Windows serves only with a key that went through a file's format.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
