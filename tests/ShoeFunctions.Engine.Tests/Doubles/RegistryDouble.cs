using System.Net;
using System.Text;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>A registry that gives every schema the id 7, or fails as it is told to.</summary>
internal sealed class RegistryDouble : HttpMessageHandler
{
    public const int SchemaId = 7;

    /// <summary>The status and body of every answer, or null for good ones.</summary>
    public (HttpStatusCode Status, string Body)? Fault { get; set; }

    /// <summary>The same of the look-up of a schema alone.</summary>
    public (HttpStatusCode Status, string Body)? LookUpFault { get; set; }

    /// <summary>The status and body that tell the mode, or null where it takes new schemas.</summary>
    public (HttpStatusCode Status, string Body)? Mode { get; set; }

    /// <summary>Whether it finds a schema compatible.</summary>
    public bool IsCompatible { get; set; } = true;

    /// <summary>The newest version's rule set, in JSON.</summary>
    public string? Rules { get; set; }

    /// <summary>What was asked: method and path.</summary>
    public List<string> Calls { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Calls.Add($"{request.Method} {path}");
        var (status, body) = Fault ?? (path == "/subjects/js_shoe-value" ? LookUpFault : path == "/mode/js_shoe-value" ? Mode : null) ?? (HttpStatusCode.OK, path switch
        {
            "/subjects" => """["js_shoe-value"]""",
            "/mode/js_shoe-value" => """{"mode":"READWRITE"}""",
            "/schemas/types" => """["PROTOBUF"]""",
            _ when path.StartsWith("/compatibility", StringComparison.Ordinal) => $$"""{"is_compatible":{{(IsCompatible ? "true" : "false")}}}""",
            _ when path.EndsWith("/latest", StringComparison.Ordinal) => $$"""{"subject":"js_shoe-value","version":1,"id":{{SchemaId}},"ruleSet":{{Rules ?? "null"}}}""",
            _ => $$"""{"id":{{SchemaId}}}""",
        });
        return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json") });
    }
}
