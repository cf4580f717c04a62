using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>The paths of the registry's API.</summary>
internal sealed class RegistryRoutes(IEndpointRouteBuilder routes, SubjectStore store, CompatibilityLevels levels)
{
    private static readonly string[] AcceptedTypes =
        ["application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json", "application/octet-stream"];

    public void Map()
    {
        Answer("GET", "/", _ => new EmptyAnswer());
        Answer("GET", "/mode", _ => new ModeAnswer("READWRITE"));
        Answer("GET", "/mode/{subject}", request => Flag(request, "defaultToGlobal") ? new ModeAnswer("READWRITE") : throw RegistryError.NoModeOfItsOwn(Subject(request)));
        MapSchemas();
        MapSubjects();
        MapLevels();
    }

    private void MapSchemas()
    {
        Answer<IReadOnlyList<string>>("GET", "/schemas/types", _ => ["JSON", "AVRO", "PROTOBUF"]);
        Answer("GET", "/schemas/ids/{id:int}", request =>
        {
            var schema = store.Get(Id(request));
            return new SchemaAnswer(Text(request, schema), "PROTOBUF", References(schema));
        });
        AnswerText("/schemas/ids/{id:int}/schema", request => store.Get(Id(request)));
        Answer<IReadOnlyList<string>>("GET", "/schemas/ids/{id:int}/subjects", request =>
            [.. store.Places(Id(request), Flag(request, "deleted")).Select(place => place.Subject).Distinct()]);
        Answer("GET", "/schemas/ids/{id:int}/versions", request => store.Places(Id(request), Flag(request, "deleted")));
    }

    private void MapSubjects()
    {
        Answer("GET", "/subjects", request => store.Subjects($"{request.Query["subjectPrefix"]}", Flag(request, "deleted")));
        Answer<SchemaRequest, SubjectVersionAnswer>("POST", "/subjects/{subject}", (request, schema) =>
            SubjectVersion(request, store.LookUp(Subject(request), schema, Flag(request, "deleted"))));
        Answer("DELETE", "/subjects/{subject}", request => store.DeleteSubject(Subject(request), Flag(request, "permanent")));
        Answer("GET", "/subjects/{subject}/versions", request => store.Versions(Subject(request), Flag(request, "deleted")));
        Answer<SchemaRequest, IdAnswer>("POST", "/subjects/{subject}/versions", (request, schema) => new(store.Register(Subject(request), schema)));
        Answer("GET", "/subjects/{subject}/versions/{version}", request => SubjectVersion(request, Registered(request)));
        Answer("DELETE", "/subjects/{subject}/versions/{version}", request => store.DeleteVersion(Subject(request), Version(request), Flag(request, "permanent")));
        AnswerText("/subjects/{subject}/versions/{version}/schema", request => Registered(request).Schema);
        Answer("GET", "/subjects/{subject}/versions/{version}/referencedby", request =>
            store.ReferencedBy(Subject(request), Version(request), Flag(request, "deleted")));
    }

    private void MapLevels()
    {
        Answer("GET", "/config", _ => new CompatibilityLevelAnswer(levels.Global.Name));
        Answer<CompatibilityRequest, CompatibilityAnswer>("PUT", "/config", (_, asked) =>
        {
            var level = CompatibilityLevel.Parse(asked.Compatibility);
            levels.SetGlobal(level);
            return new(level.Name);
        });
        Answer("DELETE", "/config", _ => new CompatibilityLevelAnswer(levels.ResetGlobal().Name));
        Answer("GET", "/config/{subject}", request => new CompatibilityLevelAnswer(
            (Flag(request, "defaultToGlobal") ? levels.For(Subject(request)) : levels.OwnOf(Subject(request))).Name));
        Answer<CompatibilityRequest, CompatibilityAnswer>("PUT", "/config/{subject}", (request, asked) =>
        {
            var level = CompatibilityLevel.Parse(asked.Compatibility);
            levels.Set(Subject(request), level);
            return new(level.Name);
        });
        Answer("DELETE", "/config/{subject}", request => new CompatibilityLevelAnswer(levels.Remove(Subject(request)).Name));

        Answer<SchemaRequest, IsCompatibleAnswer>("POST", "/compatibility/subjects/{subject}/versions", (request, schema) =>
            IsCompatible(request, store.Check(Subject(request), null, schema)));
        Answer<SchemaRequest, IsCompatibleAnswer>("POST", "/compatibility/subjects/{subject}/versions/{version}", (request, schema) =>
            IsCompatible(request, store.Check(Subject(request), Version(request), schema)));
    }

    private void Answer<T>(string method, string path, Func<HttpRequest, T> answer) =>
        routes.MapMethods(path, [method], context => context.Response.WriteRegistryJsonAsync(answer(context.Request)));

    private void Answer<TRequest, T>(string method, string path, Func<HttpRequest, TRequest, T> answer) =>
        routes.MapMethods(path, [method], async context =>
        {
            var body = await ReadAsync<TRequest>(context.Request);
            await context.Response.WriteRegistryJsonAsync(answer(context.Request, body));
        });

    /// <summary>The schema alone, as it is.</summary>
    private void AnswerText(string path, Func<HttpRequest, ProtobufSchema> answer) =>
        routes.MapGet(path, context => context.Response.WriteRegistryTextAsync(Text(context.Request, answer(context.Request))));

    private static async Task<T> ReadAsync<T>(HttpRequest request)
    {
        if (!string.IsNullOrEmpty(request.ContentType)
            && !(MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && AcceptedTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)))
            throw RegistryError.Http(StatusCodes.Status415UnsupportedMediaType);

        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, RegistryJson.Of<T>(), request.HttpContext.RequestAborted) ?? throw RegistryError.NotJson();
        }
        catch (JsonException)
        {
            throw RegistryError.NotJson();
        }
    }

    private RegisteredVersion Registered(HttpRequest request) => store.Get(Subject(request), Version(request), Flag(request, "deleted"));

    private static SubjectVersionAnswer SubjectVersion(HttpRequest request, RegisteredVersion registered) => new(
        registered.Id, Text(request, registered.Schema), "PROTOBUF", References(registered.Schema), registered.Subject, registered.Version);

    private static IsCompatibleAnswer IsCompatible(HttpRequest request, IReadOnlyList<string> problems) =>
        new(problems.Count == 0, Flag(request, "verbose") ? problems : null);

    private static IReadOnlyList<SchemaReference>? References(ProtobufSchema schema) => schema.References.Count == 0 ? null : schema.References;

    private static string Text(HttpRequest request, ProtobufSchema schema) => request.Query["format"] == "serialized" ? schema.Serialized : schema.Text;

    /// <summary>The server leaves an escaped slash in a path as it is.</summary>
    private static string Subject(HttpRequest request) => Value(request, "subject").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static VersionName Version(HttpRequest request) => VersionName.Parse(Value(request, "version"));

    private static int Id(HttpRequest request) => int.Parse(Value(request, "id"));

    private static string Value(HttpRequest request, string name) => (string)request.RouteValues[name]!;

    private static bool Flag(HttpRequest request, string name) => bool.TryParse(request.Query[name], out var value) && value;
}
