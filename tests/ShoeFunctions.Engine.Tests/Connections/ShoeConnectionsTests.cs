using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Connections;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.SchemaRegistry;
using ShoeFunctions.Engine.Tests.Credentials;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;

namespace ShoeFunctions.Engine.Tests.Connections;

public sealed class ShoeConnectionsTests : IDisposable
{
    private static readonly SchemaRegistryOptions Nowhere = new() { Url = new Uri("http://localhost:8081") };

    private readonly FakeTimeProvider _time = new();
    private readonly VaultDouble _vault = new() { Secrets = { ["kafka-api-key"] = "hush-k1", ["kafka-api-secret"] = "hush-k2" } };
    private readonly List<(CollectingSender Sender, ApiKey? Credentials)> _senders = [];
    private readonly List<ApiKey?> _registries = [];
    private readonly CredentialSource _keys;
    private readonly ShoeConnections _connections;
    private readonly SemaphoreSlim _refused = new(0);
    private Action _opening = () => { };

    public ShoeConnectionsTests()
    {
        _keys = new CredentialSource(new CredentialOptions(), _vault, _time, NullLogger<CredentialSource>.Instance);
        _connections = new ShoeConnections(_keys, OpenSender, OpenRegistry, NullLogger<ShoeConnections>.Instance);
        _connections.Refused += () => _refused.Release();
    }

    [Fact]
    public async Task There_is_one_producer_and_one_registry_client_however_many_ask()
    {
        var senders = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(SenderAsync)));
        var registries = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => _connections.RegistryAsync(Stop).AsTask())));
        Assert.Single(senders.Distinct());
        Assert.Single(registries.Distinct());
        Assert.Equal(new ApiKey("hush-k1", "hush-k2"), Assert.Single(_senders).Credentials);
        Assert.Null(Assert.Single(_registries));
    }

    [Fact]
    public async Task The_registrys_client_is_opened_while_the_producer_is()
    {
        using var opening = new SemaphoreSlim(0);
        using var opened = new ManualResetEventSlim();
        _opening = () =>
        {
            _opening = () => { };
            opening.Release();
            opened.Wait(Stop);
        };
        var sender = Task.Run(SenderAsync, Stop);
        await opening.WaitAsync(Stop);
        try
        {
            await Task.Run(() => _connections.RegistryAsync(Stop).AsTask(), Stop).WaitAsync(Wait.Patience, TimeProvider.System, Stop);
        }
        finally
        {
            opened.Set();
        }

        await sender;
    }

    [Fact]
    public async Task However_often_the_brokers_refuse_the_new_credentials_are_read_and_used_once()
    {
        await SenderAsync();
        _time.Advance(CredentialSource.RereadInterval);
        _vault.Secrets["kafka-api-secret"] = "hush-k3";
        var sender = _senders[0].Sender;
        Parallel.For(0, 1000, _ => sender.Refuse());
        await Wait.UntilAsync(() => sender.Credentials.Count > 0);

        Parallel.For(0, 1000, _ => sender.Refuse());
        await _connections.RenewAsync(Stop);
        Assert.Equal([new ApiKey("hush-k1", "hush-k3")], sender.Credentials.Select(used => used.Key));
        Assert.Equal(4 * 2, _vault.Reads);
        Assert.Equal(0, _refused.CurrentCount);
    }

    [Fact]
    public async Task Where_there_are_no_others_it_is_said_that_they_are_refused()
    {
        await SenderAsync();
        _time.Advance(CredentialSource.RereadInterval);
        _senders[0].Sender.Refuse();
        await RefusedAsync();
        Assert.Equal(4 * 2, _vault.Reads);
        Assert.Empty(_senders[0].Sender.Credentials);
    }

    [Fact]
    public async Task Where_the_vault_fails_too_it_is_said_that_they_are_refused_and_tried_again_after_a_minute()
    {
        await SenderAsync();
        _time.Advance(CredentialSource.RereadInterval);
        _vault.Fault = new Failure(FailureSource.KeyVault, "read secrets", FailureKind.Authorization, "403", false, "no");
        _senders[0].Sender.Refuse();
        await RefusedAsync();

        _vault.Fault = null;
        _vault.Secrets["kafka-api-secret"] = "hush-k3";
        _time.Advance(CredentialSource.RereadInterval);
        await Wait.UntilAsync(() =>
        {
            _senders[0].Sender.Refuse();
            return _senders[0].Sender.Credentials.Count > 0;
        });
        Assert.Equal(0, _refused.CurrentCount);
    }

    [Fact]
    public async Task Refusals_just_after_an_exchange_may_be_of_the_old_ones_and_later_they_are_not()
    {
        await SenderAsync();
        _time.Advance(CredentialSource.RereadInterval);
        _vault.Secrets["kafka-api-secret"] = "hush-k3";
        Assert.True(await _connections.RenewAsync(Stop));
        Assert.True(await _connections.RenewAsync(Stop));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await _connections.RenewAsync(Stop));
        _senders[0].Sender.Refuse();
        await RefusedAsync();
    }

    [Fact]
    public async Task An_exchange_opens_the_registry_anew_and_keeps_the_producer()
    {
        var (sender, registry) = (await SenderAsync(), await _connections.RegistryAsync(Stop));
        _time.Advance(CredentialSource.RereadInterval);
        (_vault.Secrets["schema-registry-api-key"], _vault.Secrets["schema-registry-api-secret"]) = ("hush-r1", "hush-r2");
        Assert.True(await _connections.RenewAsync(Stop));
        Assert.Same(sender, await SenderAsync());
        Assert.NotSame(registry, await _connections.RegistryAsync(Stop));
        Assert.Equal([null, new ApiKey("hush-r1", "hush-r2")], _registries);
    }

    [Fact]
    public async Task Credentials_that_are_exchanged_while_they_are_opened_with_are_used_by_whoever_comes_next()
    {
        (_vault.Secrets["schema-registry-api-key"], _vault.Secrets["schema-registry-api-secret"]) = ("hush-r1", "hush-r2");
        await _keys.GetAsync(Stop);
        _opening = () =>
        {
            _opening = () => { };
            _time.Advance(CredentialSource.RereadInterval);
            _vault.Secrets["schema-registry-api-secret"] += "+";
            _vault.Secrets["kafka-api-secret"] += "+";
            Assert.True(_connections.RenewAsync(Stop) is { IsCompletedSuccessfully: true, Result: true });
        };
        var opening = _opening;
        await _connections.RegistryAsync(Stop);
        await _connections.RegistryAsync(Stop);
        Assert.Equal([new ApiKey("hush-r1", "hush-r2"), new ApiKey("hush-r1", "hush-r2+")], _registries);

        _opening = opening;
        await SenderAsync();
        await SenderAsync();
        Assert.Equal([new ApiKey("hush-k1", "hush-k2++")], _senders[0].Sender.Credentials.Select(used => used.Key));
    }

    [Fact]
    public async Task A_producer_that_is_given_up_is_followed_by_another()
    {
        var sender = await SenderAsync();
        _connections.Drop(sender);
        var next = await SenderAsync();
        Assert.NotSame(sender, next);

        // Whoever still holds the first one gives up nothing.
        _connections.Drop(sender);
        Assert.Same(next, await SenderAsync());
    }

    public void Dispose()
    {
        _connections.Dispose();
        _keys.Dispose();
        _refused.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<IMessageSender> SenderAsync() => _connections.SenderAsync(Stop).AsTask();

    private async Task RefusedAsync() => Assert.True(await _refused.WaitAsync(Wait.Patience, Stop));

    private CollectingSender OpenSender(PeerCredentials credentials)
    {
        _opening();
        _senders.Add((new CollectingSender(), credentials.Key));
        return _senders[^1].Sender;
    }

    private RegistryClient OpenRegistry(PeerCredentials credentials)
    {
        _opening();
        _registries.Add(credentials.Key);
        return new RegistryClient(Nowhere, credentials, _time, new SocketsHttpHandler());
    }
}
