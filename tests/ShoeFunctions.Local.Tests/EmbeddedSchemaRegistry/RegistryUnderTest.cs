using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

/// <summary>A registry of a test's own, and what a client of it sees: status and body of every answer.</summary>
internal sealed class RegistryUnderTest : IAsyncDisposable
{
    public const string Subject = "js_shoe-value";

    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private RegistryUnderTest(EmbeddedRegistry registry)
    {
        Registry = registry;
        Http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Wait.Patience }) { BaseAddress = registry.Url };
    }

    public EmbeddedRegistry Registry { get; }

    public HttpClient Http { get; }

    public static async Task<RegistryUnderTest> StartAsync() =>
        new(await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken));

    public static string Json(object value) => JsonSerializer.Serialize(value, Readable);

    public static string Json(string schema, params object[] references) =>
        Json(new { schema, schemaType = "PROTOBUF", references });

    public Task<(int Status, string Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(int Status, string Body)> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<(int Status, string Body)> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, Json(body));

    public Task<(int Status, string Body)> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    public Task<(int Status, string Body)> RegisterAsync(string schema, string subject = Subject, params object[] references) =>
        PostAsync($"/subjects/{subject}/versions", Json(schema, references));

    public Task<(int Status, string Body)> LookUpAsync(string schema, string subject = Subject) =>
        PostAsync($"/subjects/{subject}", Json(schema));

    public async Task<(int Status, string Body)> SendAsync(
        HttpMethod method, string path, string? json = null, string? contentType = "application/vnd.schemaregistry.v1+json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            // A server that refuses what is announced hangs up on what is still sent.
            request.Headers.ExpectContinue = true;
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/vnd.schemaregistry.v1+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Registry.DisposeAsync();
    }
}
