using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;

namespace ShoeFunctions.Engine.Tests.Serialization;

public sealed class ShoeSubjectTests : IDisposable
{
    private const string Registration = "POST /subjects/js_shoe-value/versions";

    private readonly FakeTimeProvider _time = new();
    private readonly VaultDouble _vault = new()
    {
        Secrets = { ["kafka-api-key"] = "hush-k1", ["kafka-api-secret"] = "hush-k2", ["schema-registry-api-key"] = "hush-r1", ["schema-registry-api-secret"] = "hush-r2" },
    };
    private readonly RegistryDouble _registry = new();
    private readonly ShoeConnections _connections;
    private readonly CredentialSource _keys;

    public ShoeSubjectTests()
    {
        var options = new SchemaRegistryOptions { Url = new Uri("http://localhost:8081") };
        _keys = new CredentialSource(new CredentialOptions(), _vault, _time, NullLogger<CredentialSource>.Instance);
        _connections = new ShoeConnections(
            _keys, _ => throw new NotSupportedException(), credentials => new RegistryClient(options, credentials, _time, _registry), NullLogger<ShoeConnections>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _connections.Dispose();

    [Theory]
    [InlineData(40401)]
    [InlineData(40403)]
    public async Task A_schema_that_is_missing_is_to_be_registered(int code)
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, $$"""{"error_code":{{code}}}""");
        var seen = await Subject().LookAsync(Stop);
        Assert.Null(seen.SchemaId);
        Assert.Equal(
            ["/subjects", "/schemas/types", "/subjects/js_shoe-value/versions/latest", "/subjects/js_shoe-value", "/mode/js_shoe-value", "/compatibility/subjects/js_shoe-value/versions/latest"],
            seen.Endpoints);
        Assert.Contains("POST /compatibility/subjects/js_shoe-value/versions/latest", _registry.Calls);
        Assert.DoesNotContain(Registration, _registry.Calls);
    }

    [Fact]
    public async Task A_schema_that_is_there_needs_no_further_question()
    {
        var seen = await Subject().LookAsync(Stop);
        Assert.Equal((RegistryDouble.SchemaId, 1, 1), (seen.SchemaId, seen.LatestVersion, seen.Subjects));
        Assert.Equal(["/subjects", "/schemas/types", "/subjects/js_shoe-value/versions/latest", "/subjects/js_shoe-value"], seen.Endpoints);
    }

    [Fact]
    public async Task A_subject_that_takes_no_new_schemas_is_a_failure_where_ours_is_missing()
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, """{"error_code":40401}""");
        _registry.Mode = (HttpStatusCode.OK, """{"mode":"READONLY"}""");
        Assert.Equal("42205", (await Assert.ThrowsAsync<FailureException>(() => Subject().LookAsync(Stop))).Failure.Code);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(403)]
    public async Task A_registry_that_tells_no_mode_may_take_new_schemas(int status)
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, """{"error_code":40401}""");
        _registry.Mode = ((HttpStatusCode)status, $$"""{"error_code":{{status}}}""");
        Assert.Null((await Subject().LookAsync(Stop)).SchemaId);
    }

    [Fact]
    public async Task A_mode_that_cannot_be_read_for_another_reason_is_a_failure()
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, """{"error_code":40401}""");
        _registry.Mode = (HttpStatusCode.Unauthorized, """{"error_code":401}""");
        Assert.Equal(FailureKind.Authentication, (await Assert.ThrowsAsync<FailureException>(() => Subject().LookAsync(Stop))).Failure.Kind);
    }

    [Fact]
    public async Task A_subject_whose_schemas_ours_is_not_compatible_with_is_a_failure()
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, """{"error_code":40403}""");
        _registry.IsCompatible = false;
        Assert.Equal(FailureKind.IncompatibleSchema, (await Assert.ThrowsAsync<FailureException>(() => Subject().LookAsync(Stop))).Failure.Kind);
    }

    [Theory]
    [InlineData(40401)]
    [InlineData(40403)]
    public async Task A_schema_that_is_missing_is_a_failure_where_nothing_is_to_be_registered(int code)
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, $$"""{"error_code":{{code}}}""");
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Subject(autoRegister: false).LookAsync(Stop))).Failure;
        Assert.Equal((FailureKind.NotFound, $"{code}"), (failure.Kind, failure.Code));
    }

    [Fact]
    public async Task Any_other_answer_to_the_look_up_is_a_failure()
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, """{"error_code":40402}""");
        Assert.Equal("40402", (await Assert.ThrowsAsync<FailureException>(() => Subject().ResolveAsync(Stop))).Failure.Code);
    }

    [Fact]
    public async Task Nothing_is_registered_for_a_topic_that_was_not_seen()
    {
        _registry.LookUpFault = (HttpStatusCode.NotFound, """{"error_code":40401}""");
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Subject().ResolveAsync(Stop))).Failure;
        Assert.Equal(FailureSource.Kafka, failure.Source);
        Assert.DoesNotContain(Registration, _registry.Calls);
    }

    [Fact]
    public async Task Credentials_that_are_refused_are_read_again_and_used_once_more_where_they_changed()
    {
        await _keys.GetAsync(Stop);
        _time.Advance(CredentialSource.RereadInterval);
        _registry.Fault = (HttpStatusCode.Unauthorized, """{"error_code":401}""");
        Assert.Equal(FailureKind.Authentication, (await FailAsync()).Kind);
        Assert.Single(_registry.Calls);

        _time.Advance(CredentialSource.RereadInterval);
        _vault.Secrets["schema-registry-api-secret"] = "hush-r3";
        Assert.Equal(FailureKind.Authentication, (await FailAsync()).Kind);
        Assert.Equal(1 + 2, _registry.Calls.Count);
    }

    [Fact]
    public async Task For_any_other_failure_they_are_not_read_again()
    {
        await _keys.GetAsync(Stop);
        _time.Advance(CredentialSource.RereadInterval);
        var reads = _vault.Reads;
        _registry.Fault = (HttpStatusCode.Forbidden, """{"error_code":403}""");
        Assert.Equal(FailureKind.Authorization, (await FailAsync()).Kind);
        Assert.Equal((1, reads), (_registry.Calls.Count, _vault.Reads));
    }

    private async Task<Failure> FailAsync() => (await Assert.ThrowsAsync<FailureException>(() => Subject().ResolveAsync(Stop))).Failure;

    /// <summary>With brokers that are nowhere.</summary>
    private ShoeSubject Subject(bool autoRegister = true)
    {
        var kafka = new KafkaOptions { BootstrapServers = "127.0.0.1:1", Mechanism = KafkaMechanism.Plain, Timeout = TimeSpan.FromSeconds(1) };
        return new ShoeSubject(
            _connections,
            new SchemaRegistryOptions { Url = new Uri("http://localhost:8081"), AutoRegister = autoRegister },
            kafka,
            new KafkaProbe(kafka, new CredentialOptions(), _keys, TimeProvider.System, new KafkaLog(_time, NullLogger<KafkaLog>.Instance)),
            NullLogger<ShoeSubject>.Instance);
    }
}
