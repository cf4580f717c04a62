using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;
using static ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.RegistryUnderTest;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

public sealed class RegistryHttpTests : IAsyncLifetime
{
    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await RegistryUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public void It_listens_on_loopback_on_a_port_of_its_own()
    {
        Assert.Equal("http", _registry.Registry.Url.Scheme);
        Assert.Equal("127.0.0.1", _registry.Registry.Url.Host);
        Assert.NotEqual(80, _registry.Registry.Url.Port);
    }

    [Fact]
    public async Task The_root_answers() => Assert.Equal((200, "{}"), await _registry.GetAsync("/"));

    [Theory]
    [InlineData("/associations/resources/-/js_shoe?resourceType=topic&associationType=value")]
    [InlineData("/nothing")]
    [InlineData("/schemas/ids/abc")]
    public async Task An_unknown_path_is_not_found_in_JSON(string path) =>
        Assert.Equal((404, """{"error_code":404,"message":"HTTP 404 Not Found"}"""), await _registry.GetAsync(path));

    [Theory]
    [InlineData("PUT", "/subjects")]
    [InlineData("DELETE", "/schemas/ids/1")]
    public async Task A_method_that_a_path_does_not_have_is_refused_in_JSON(string method, string path) =>
        Assert.Equal((405, """{"error_code":405,"message":"HTTP 405 Method Not Allowed"}"""), await _registry.SendAsync(new HttpMethod(method), path));

    [Theory]
    [InlineData("not JSON")]
    [InlineData("")]
    [InlineData("{\"schema\":")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task A_body_that_is_not_JSON_is_a_bad_request(string body)
    {
        var (status, answer) = await _registry.PostAsync($"/subjects/{Subject}/versions", body);
        Assert.Equal(400, status);
        Assert.StartsWith("""{"error_code":400,"message":""", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.schemaregistry.v1+json")]
    [InlineData("application/vnd.schemaregistry.v1+json; charset=utf-8")]
    [InlineData("application/vnd.schemaregistry+json")]
    [InlineData("application/json")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task The_content_types_of_clients_are_accepted(string? contentType) =>
        Assert.Equal((200, """{"id":1}"""), await _registry.SendAsync(HttpMethod.Post, $"/subjects/{Subject}/versions", Json(ShoeSchemas.Text), contentType));

    [Theory]
    [InlineData("POST", "/subjects/js_shoe-value/versions", "text/plain")]
    [InlineData("POST", "/subjects/js_shoe-value", "application/xml")]
    [InlineData("PUT", "/config", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/compatibility/subjects/js_shoe-value/versions/latest", "text/plain")]
    public async Task Another_content_type_is_not_supported(string method, string path, string contentType) =>
        Assert.Equal(
            (415, """{"error_code":415,"message":"HTTP 415 Unsupported Media Type"}"""),
            await _registry.SendAsync(new HttpMethod(method), path, Json(ShoeSchemas.Text), contentType));

    [Fact]
    public async Task A_body_over_a_megabyte_is_too_large() =>
        Assert.Equal(
            (413, """{"error_code":413,"message":"HTTP 413 Payload Too Large"}"""),
            await _registry.RegisterAsync(ShoeSchemas.Text + new string(' ', 1024 * 1024)));

    [Fact]
    public async Task A_body_of_almost_a_megabyte_is_not() =>
        Assert.Equal((200, """{"id":1}"""), await _registry.RegisterAsync(ShoeSchemas.Text + new string(' ', 1024 * 1024 - 1024)));

    [Fact]
    public async Task A_request_can_be_intercepted()
    {
        _registry.Registry.Intercept = async context =>
        {
            if (context.Request.Path != "/subjects")
                return false;
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync("busy");
            return true;
        };

        using var answer = await _registry.Http.GetAsync("/subjects", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal((200, "{}"), await _registry.GetAsync("/"));
    }

    [Fact]
    public async Task A_port_in_use_is_told() =>
        await Assert.ThrowsAsync<IOException>(() => EmbeddedRegistry.StartAsync(_registry.Registry.Url.Port, TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_port_can_be_chosen_and_is_free_again_afterwards()
    {
        var port = _registry.Registry.Url.Port;
        await _registry.DisposeAsync();

        await using var again = await EmbeddedRegistry.StartAsync(port, TestContext.Current.CancellationToken);
        Assert.Equal(port, again.Url.Port);
    }

    [Fact]
    public async Task After_the_end_nobody_listens()
    {
        await _registry.GetAsync("/");
        await _registry.Registry.DisposeAsync();

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () =>
            await client.ConnectAsync(IPAddress.Loopback, _registry.Registry.Url.Port, TestContext.Current.CancellationToken));
    }
}
