using System.Collections.Concurrent;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.EmbeddedSchemaRegistry;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>Saying who we are at a registry that asks for it, and going on when the credentials are exchanged.</summary>
public sealed class RegistryLoginTests
{
    private static readonly ApiKey Kafka = new("hush-k1", "hush-k2");
    private static readonly ApiKey Right = new("hush-r1", "hush-r2");
    private static readonly ApiKey Other = new("hush-r3", "hush-r4");

    [Fact]
    public async Task Wrong_credentials_fail_the_tick_and_nothing_is_sent()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Right, ("SCHEMA_REGISTRY_API_KEY", "hush-r1"), ("SCHEMA_REGISTRY_API_SECRET", "hush-x"));
        var report = Assert.Single(await engine.RunDueAsync());
        Assert.Equal((0, 10), (report.Delivered, report.Failed));
        Assert.Equal((FailureSource.SchemaRegistry, FailureKind.Authentication, "401"), (report.Failure!.Source, report.Failure.Kind, report.Failure.Code));
        Assert.Equal(0, engine.Front.ProduceRequests);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_with_or_without_credentials_and_says_what_to_set(int status)
    {
        await using var other = await EmbeddedRegistry.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var (asked, followed) = (new ConcurrentQueue<string>(), 0);
        other.Intercept = _ =>
        {
            Interlocked.Increment(ref followed);
            return Task.FromResult(false);
        };
        await using var engine = await GuardedEngine.StartAsync(Kafka, Right);
        engine.Registry.Intercept = context =>
        {
            asked.Enqueue($"{context.Request.Method} {context.Request.Path}, {(context.Request.Headers.Authorization.Count == 1 ? "with" : "without")} credentials");
            context.Response.StatusCode = status;
            context.Response.Headers.Location = new Uri(other.Url, "new" + context.Request.Path + context.Request.QueryString).AbsoluteUri;
            return Task.FromResult(true);
        };
        var report = Assert.Single(await engine.RunDueAsync());
        Assert.Equal((FailureSource.SchemaRegistry, FailureKind.Invalid, $"{status}"), (report.Failure!.Source, report.Failure.Kind, report.Failure.Code));
        Assert.Contains($"set SCHEMA_REGISTRY_URL={other.Url}new if ", report.Failure.Advice, StringComparison.Ordinal);
        Assert.Equal(["POST /subjects/js_shoe-value, with credentials"], asked);
        Assert.Equal(0, followed);
    }

    [Theory]
    [InlineData("application/json", """{"error_code":401,"message":"Unauthorized"}""")]
    [InlineData("text/html", "<html>Unauthorized</html>")]
    [InlineData("text/plain", "")]
    public async Task Credentials_that_were_exchanged_are_read_again_and_the_next_tick_is_delivered(string contentType, string body)
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Right);
        engine.RegistryRefusal = (contentType, body);
        engine.RegistryAccepts = Other;
        Assert.Equal(FailureKind.Authentication, Assert.Single(await engine.RunDueAsync()).Failure!.Kind);
        Assert.Equal(4, engine.Vault.Asked.Count);

        engine.Vault.Set("schema-registry-api-key", Other.Key);
        engine.Vault.Set("schema-registry-api-secret", Other.Secret);
        engine.Time.Advance(CredentialSource.RereadInterval);
        var refusals = engine.RegistryRefusals;
        var reports = await engine.RunDueAsync();
        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.True(report.IsDelivered, $"{report.Failure}"));
        Assert.Equal(refusals + 1, engine.RegistryRefusals);
        Assert.Equal(8, engine.Vault.Asked.Count);
        Assert.Equal(reports.Sum(report => report.Shoes), engine.ReadIds().Distinct().Count());
    }

    [Fact]
    public async Task Several_who_are_refused_at_once_all_go_on_with_the_new_ones()
    {
        await using var engine = await GuardedEngine.StartAsync(Kafka, Right);
        await engine.RunDueAsync();
        engine.Time.Advance(CredentialSource.RereadInterval);
        engine.Vault.Set("schema-registry-api-key", Other.Key);
        engine.Vault.Set("schema-registry-api-secret", Other.Secret);
        engine.RegistryAccepts = Other;

        // The first is refused at once; the others, who asked with the old ones too, only when the new ones are in use.
        var refusals = engine.RegistryRefusals;
        var newOnesAreUsed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.BeforeRegistryRefusal = refusal => refusal == refusals + 1 ? Task.CompletedTask : newOnesAreUsed.Task;
        engine.OnRegistryLogin = () => newOnesAreUsed.TrySetResult();

        var seen = await engine.Get<ShoeSubject>().LookAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((GuardedEngine.Topic + "-value", 1, 1), (seen.Subject, seen.Subjects, seen.SchemaId));
        Assert.Equal(8, engine.Vault.Asked.Count);
    }

    [Fact]
    public async Task Credentials_that_the_brokers_refuse_when_the_topic_is_looked_at_are_read_again_once()
    {
        await using var engine = await StartAndReadAsync();
        engine.PutIntoVault(Other);
        engine.Front.Accepted = Other;
        Assert.Equal(1, await ResolveAsync(engine));
        Assert.Equal(8, engine.Vault.Asked.Count);
    }

    [Fact]
    public async Task New_credentials_that_the_brokers_refuse_as_well_fail_the_tick()
    {
        await using var engine = await StartAndReadAsync();
        engine.PutIntoVault(Other);
        engine.Front.Accepted = Right;
        Assert.Equal(FailureKind.Authentication, (await Assert.ThrowsAsync<FailureException>(() => ResolveAsync(engine))).Failure.Kind);
        Assert.Equal(8, engine.Vault.Asked.Count);
    }

    [Fact]
    public async Task For_a_topic_that_is_missing_the_credentials_are_not_read_again()
    {
        await using var engine = await StartAndReadAsync(("KAFKA_TOPIC", "another_topic"));
        Assert.Equal(FailureKind.NotFound, (await Assert.ThrowsAsync<FailureException>(() => ResolveAsync(engine))).Failure.Kind);
        Assert.Equal(4, engine.Vault.Asked.Count);
    }

    /// <summary>With credentials that were read so long ago that they may be read again.</summary>
    private static async Task<GuardedEngine> StartAndReadAsync(params (string Name, string Value)[] settings)
    {
        var engine = await GuardedEngine.StartAsync(Kafka, Right, settings);
        await engine.Get<CredentialSource>().GetAsync(TestContext.Current.CancellationToken);
        engine.Time.Advance(CredentialSource.RereadInterval);
        return engine;
    }

    private static Task<int> ResolveAsync(GuardedEngine engine) =>
        engine.Get<ShoeSubject>().ResolveAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
}
