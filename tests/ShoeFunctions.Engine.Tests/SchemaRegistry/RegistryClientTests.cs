using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.SchemaRegistry;

namespace ShoeFunctions.Engine.Tests.SchemaRegistry;

public sealed class RegistryClientTests
{
    private static readonly SchemaRegistryOptions Options = new() { Url = new Uri("http://one.example/base"), Timeout = TimeSpan.FromDays(1) };

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("3600", 20)]
    [InlineData("2", 2)]
    public async Task Retry_After_is_heeded_but_not_for_longer_than_twenty_seconds(string asked, int seconds)
    {
        var handler = new Answers(Answer(HttpStatusCode.TooManyRequests, "{}", ("Retry-After", asked)), Answer(HttpStatusCode.OK, """{"id":7}"""));
        using var client = new RegistryClient(Options, PeerCredentials.None, _time, handler);
        var looked = client.LookUpAsync("s", TestContext.Current.CancellationToken);
        await Task.Yield();
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Single(handler.Asked);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(7, await looked.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"status":"ok"}""")]
    [InlineData("""{"id":-3}""")]
    [InlineData("""{"id":0}""")]
    public async Task An_answer_without_a_positive_id_is_not_a_registrys(string body)
    {
        using var client = new RegistryClient(Options, PeerCredentials.None, _time, new Answers(Answer(HttpStatusCode.OK, body)));
        var refused = await Assert.ThrowsAsync<RegistryRequestException>(() => client.RegisterAsync("s", TestContext.Current.CancellationToken));
        Assert.IsType<System.Text.Json.JsonException>(refused.Cause);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_says_where_the_registry_may_be()
    {
        var handler = new Answers(Answer(HttpStatusCode.MovedPermanently, "", ("Location", "https://two.example/new/subjects/s/versions?token=hush")));
        using var client = new RegistryClient(Options, PeerCredentials.None, _time, handler);
        var refused = await Assert.ThrowsAsync<RegistryRequestException>(() => client.RegisterAsync("s", TestContext.Current.CancellationToken));
        var failure = RegistryFailures.Of(refused.Cause, "register schema", refused.Url, "s");
        Assert.Equal("301", failure.Code);
        Assert.StartsWith("The schema registry at http://one.example/base redirects to another address, which is not followed: set SCHEMA_REGISTRY_URL=https://two.example/new if", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_has_a_length()
    {
        var handler = new Answers(Answer(HttpStatusCode.OK, """{"id":7}"""));
        using var client = new RegistryClient(Options, PeerCredentials.None, _time, handler);
        await client.RegisterAsync("s", TestContext.Current.CancellationToken);
        Assert.NotNull(handler.Lengths.Single());
        Assert.Equal("http://one.example/base/subjects/s/versions?normalize=true", handler.Asked.Single());
    }

    [Fact]
    public async Task The_next_address_is_asked_where_one_has_a_fault_of_its_own_and_first_from_then_on()
    {
        var handler = new Answers(
            Answer(HttpStatusCode.ServiceUnavailable, ""), Answer(HttpStatusCode.OK, """{"id":7}"""), Answer(HttpStatusCode.OK, """{"id":7}"""));
        using var client = new RegistryClient(Options with { Others = [new Uri("http://two.example")] }, PeerCredentials.None, _time, handler);
        await client.LookUpAsync("s", TestContext.Current.CancellationToken);
        await client.LookUpAsync("s", TestContext.Current.CancellationToken);
        Assert.Equal(["one.example", "two.example", "two.example"], handler.Asked.Select(url => new Uri(url).Host));
        Assert.Equal("two.example", client.Url.Host);
    }

    [Fact]
    public async Task Where_it_is_cut_short_the_address_that_was_being_asked_is_told()
    {
        using var stop = new CancellationTokenSource();
        var handler = new Answers(Answer(HttpStatusCode.ServiceUnavailable, "")) { AtTheEnd = stop.Cancel };
        using var client = new RegistryClient(Options with { Others = [new Uri("http://two.example")] }, PeerCredentials.None, _time, handler);
        var cut = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.LookUpAsync("s", stop.Token));
        Assert.Equal("two.example", Assert.IsType<RegistryRequestException>(cut.InnerException).Url.Host);
    }

    [Fact]
    public async Task An_answer_about_the_request_is_final_wherever_it_comes_from()
    {
        var handler = new Answers(Answer(HttpStatusCode.Unauthorized, """{"error_code":40101}"""));
        using var client = new RegistryClient(Options with { Others = [new Uri("http://two.example")] }, PeerCredentials.None, _time, handler);
        await Assert.ThrowsAsync<RegistryRequestException>(() => client.LookUpAsync("s", TestContext.Current.CancellationToken));
        Assert.Single(handler.Asked);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            answer.Headers.Add(name, value);
        return answer;
    }

    /// <summary>Gives one answer after the other, at once.</summary>
    private sealed class Answers(params HttpResponseMessage[] answers) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        public List<long?> Lengths { get; } = [];

        /// <summary>What happens to a request that there is no answer for: it waits until it is cancelled.</summary>
        public Action AtTheEnd { get; init; } = () => { };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.AbsoluteUri);
            Lengths.Add(request.Content?.Headers.ContentLength);
            if (Asked.Count <= answers.Length)
                return answers[Asked.Count - 1];

            AtTheEnd();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
