using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Tests.Diagnosis;

namespace ShoeFunctions.Local.Tests.Credentials;

/// <summary>Certificates that are wrong are named at the start, like any setting.</summary>
public sealed class CertificateSettingsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_file_that_is_missing_or_no_file_is_named()
    {
        var missing = Path.Combine(Path.GetDirectoryName(_authority.File)!, "missing.pem");
        Assert.Equal(
            $"KAFKA_SSL_CA: '{missing}' is neither PEM text nor a file that is there; accepted is PEM text or the path of a PEM file with certificates, for example /etc/kafka/ca.pem.",
            Assert.Single(Faults(("KAFKA_SSL_CA", missing))));
        var folder = Path.GetDirectoryName(_authority.File)!;
        Assert.StartsWith($"KAFKA_SSL_KEY: '{folder}' is a file that may not be read, or a folder;", Assert.Single(Faults(("KAFKA_SSL_KEY", folder))), StringComparison.Ordinal);
        Assert.Contains("is neither PEM text nor a file that is there", Assert.Single(Faults(("KAFKA_SSL_CA", new string('x', 5000)))), StringComparison.Ordinal);
        Assert.StartsWith($"KAFKA_SSL_CA: '{folder}' is a file that may not be read, or a folder;", Assert.Single(Faults(("KAFKA_SSL_CA", folder))), StringComparison.Ordinal);
    }

    /// <summary>Nobody writes to it: whoever opened it would wait for ever.</summary>
    [Fact]
    public async Task A_pipe_is_no_file_and_is_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other pipes.");
        var pipe = Path.Combine(Path.GetDirectoryName(_authority.File)!, "pipe");
        using var made = Child.Start(new ProcessStartInfo("mkfifo", [pipe]));
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith($"KAFKA_SSL_CA: '{pipe}' is a file that cannot be read", Assert.Single(Faults(("KAFKA_SSL_CA", pipe))), StringComparison.Ordinal);
        Assert.StartsWith("KAFKA_SSL_CA: '/dev/zero' is ", Assert.Single(Faults(("KAFKA_SSL_CA", "/dev/zero"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_never_shown_not_even_where_it_was_to_be_a_path()
    {
        var client = _authority.Client();
        var bare = string.Concat(client.Key.Split('\n')[1..^2]);
        var faults = Faults(("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", bare));
        Assert.StartsWith("KAFKA_SSL_KEY: '*** (PEM, a value of 128 characters or more)' is neither PEM text nor a file that is there;", Assert.Single(faults), StringComparison.Ordinal);
        Assert.DoesNotContain(bare[..40], faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_part_that_is_wrong_is_named_by_its_setting()
    {
        var (client, other) = (_authority.Client(), _authority.Client("CN=other"));
        var expired = _authority.Write("expired.pem", _authority.Client(until: Now.AddDays(-1)).Certificate);
        Assert.StartsWith($"KAFKA_SSL_CA: '{expired}' holds a certificate that expired on 2026-11-22;", Assert.Single(Faults(("KAFKA_SSL_CA", expired))), StringComparison.Ordinal);
        Assert.StartsWith("KAFKA_SSL_KEY: '*** (PEM, a value of 128 characters or more)' does not belong to the certificate;",
            Assert.Single(Faults(("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", other.Key))), StringComparison.Ordinal);
        Assert.StartsWith("SCHEMA_REGISTRY_SSL_KEY: is not set", Assert.Single(Faults(("SCHEMA_REGISTRY_SSL_CERTIFICATE", client.Certificate))), StringComparison.Ordinal);
        Assert.StartsWith("KAFKA_SSL_KEY_PASSWORD: is not set, and the key is encrypted;",
            Assert.Single(Faults(("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", TestAuthority.Encrypted(client.Key, "hush")))), StringComparison.Ordinal);
        Assert.Equal(2, Faults(("KAFKA_SSL_CA", "nowhere"), ("SCHEMA_REGISTRY_SSL_CA", "nowhere")).Length);
    }

    [Fact]
    public void What_a_vault_may_hold_is_not_missing()
    {
        var client = _authority.Client();
        Assert.Empty(Faults(("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KEY_VAULT_URI", "https://shoes.vault.azure.net")));
    }

    [Fact]
    public void Certificates_for_a_connection_without_TLS_are_a_contradiction()
    {
        Assert.Contains("KAFKA_SECURITY_PROTOCOL is PLAINTEXT, which is not TLS", Assert.Single(Faults(("KAFKA_SSL_CA", _authority.File), ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"))), StringComparison.Ordinal);
        Assert.StartsWith("SCHEMA_REGISTRY_SSL_CA is set, and SCHEMA_REGISTRY_URL is http",
            Assert.Single(Faults(("SCHEMA_REGISTRY_SSL_CA", _authority.File), ("SCHEMA_REGISTRY_URL", "http://registry.example"))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_force_shows_paths_and_no_PEM()
    {
        var client = _authority.Client();
        var key = _authority.Write("client.key", client.Key);
        var shown = SettingInForce.Of(Configuration(("KAFKA_SSL_CA", _authority.Pem), ("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", key)))
            .Where(setting => !setting.IsDefault).ToDictionary(setting => setting.Name, setting => setting.Value);
        Assert.Equal(("*** (PEM, a value of 128 characters or more)", key), (shown["KAFKA_SSL_CA"], shown["KAFKA_SSL_KEY"]));
        Assert.All(shown.Values, value => Assert.DoesNotContain("BEGIN", value, StringComparison.Ordinal));
    }

    private static string[] Faults(params (string Name, string Value)[] settings)
    {
        try
        {
            ShoeSettings.Read(Configuration(settings), Now);
            return [];
        }
        catch (SettingsException wrong)
        {
            return [.. wrong.Failures];
        }
    }

    private static IConfiguration Configuration(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?> { ["KAFKA_BOOTSTRAP_SERVERS"] = "localhost:9092", ["SCHEMA_REGISTRY_URL"] = "https://localhost:8081" };
        foreach (var (name, value) in settings)
            values[name] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }
}
