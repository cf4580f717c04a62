using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ShoeFunctions.Infrastructure.Tests.Containers;

public sealed partial class ComposeTests
{
    private static readonly YamlMappingNode Services = Yaml.Map(Yaml.Read("compose.yaml"), "services");

    [Fact]
    public void Nothing_is_whatever_is_latest() =>
        Assert.All(Services.Children.Values.Cast<YamlMappingNode>().Where(service => service.Children.ContainsKey("image")), service => Assert.Matches("^[^:]+:[0-9][0-9.]+$", Yaml.Text(service, "image")));

    [Fact]
    public void Only_this_machine_reaches_it()
    {
        var ports = Services.Children.Values.Cast<YamlMappingNode>().SelectMany(service => Yaml.List(service, "ports")).ToArray();
        Assert.Equal(3, ports.Length);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Clients_need_a_password()
    {
        var broker = Yaml.Map(Yaml.Map(Services, "kafka"), "environment");
        var protocols = Yaml.Text(broker, "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP").Split(',');
        Assert.Contains("CLIENT:SASL_PLAINTEXT", protocols);
        Assert.Contains("CONTAINER:SASL_PLAINTEXT", protocols);
        // The image takes a name with SASL in it for a wish for a file of logins.
        Assert.DoesNotContain("SASL", Yaml.Text(broker, "KAFKA_ADVERTISED_LISTENERS"), StringComparison.Ordinal);
        Assert.All(["CLIENT", "CONTAINER"], listener => Assert.EndsWith(
            "PlainLoginModule required user_shoes=\"only-for-this-machine\";", Yaml.Text(broker, $"KAFKA_LISTENER_NAME_{listener}_PLAIN_SASL_JAAS_CONFIG"), StringComparison.Ordinal));
    }

    [Fact]
    public void Whoever_waits_for_it_waits_until_it_answers() =>
        Assert.All(["kafka", "schema-registry"], name => Assert.NotEmpty(Yaml.List(Yaml.Map(Yaml.Map(Services, name), "healthcheck"), "test")));

    [Fact]
    public void The_command_in_it_can_write_nothing_and_gain_nothing()
    {
        var shoes = Yaml.Map(Services, "shoes");
        Assert.Equal(["shoes"], Yaml.List(shoes, "profiles"));
        Assert.Equal("true", Yaml.Text(shoes, "read_only"));
        Assert.Equal(["ALL"], Yaml.List(shoes, "cap_drop"));
        Assert.Equal(["no-new-privileges:true"], Yaml.List(shoes, "security_opt"));
    }

    /// <summary>Who copies the sample after the README's command has what reaches the Kafka and the registry that it started.</summary>
    [Fact]
    public void The_sample_the_README_and_it_go_together()
    {
        var sample = JsonElement.Parse(Repository.Read("local.settings.sample.json")).GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!);
        var (broker, registry) = (Yaml.Map(Yaml.Map(Services, "kafka"), "environment"), Yaml.Map(Services, "schema-registry"));
        Assert.Contains($"CLIENT://{sample["KAFKA_BOOTSTRAP_SERVERS"]}", Yaml.Text(broker, "KAFKA_ADVERTISED_LISTENERS").Split(','));
        Assert.Contains($"CLIENT:{sample["KAFKA_SECURITY_PROTOCOL"]}", Yaml.Text(broker, "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP").Split(','));
        Assert.Contains($" user_{sample["KAFKA_API_KEY"]}=\"{sample["KAFKA_API_SECRET"]}\";", Yaml.Text(broker, "KAFKA_LISTENER_NAME_CLIENT_PLAIN_SASL_JAAS_CONFIG"), StringComparison.Ordinal);
        Assert.Contains(Yaml.List(registry, "ports"), port => sample["SCHEMA_REGISTRY_URL"] == $"http://localhost:{port.Split(':')[1]}");
        Assert.Equal(("", ""), (sample["SCHEMA_REGISTRY_API_KEY"], sample["SCHEMA_REGISTRY_API_SECRET"]));

        var head = Repository.Read("compose.yaml").Split("services:")[0];
        var exported = Exported.Matches(head).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.Equal(5, exported.Count);
        Assert.All(exported, setting => Assert.Equal(setting.Value, sample[setting.Key]));

        var up = Command.Match(head).Value;
        Assert.Contains($"\n{up} && cp local.settings.sample.json ", Repository.Read("README.md"), StringComparison.Ordinal);
    }

    /// <summary>The file's own words are what the container is given.</summary>
    [Fact]
    public void The_file_says_how_it_is_used()
    {
        var head = Repository.Read("compose.yaml").Split("services:")[0];
        var shoes = Yaml.Map(Yaml.Map(Services, "shoes"), "environment");
        Assert.All(["KAFKA_API_KEY", "KAFKA_API_SECRET", "KAFKA_SECURITY_PROTOCOL"], name => Assert.Contains($"{name}={Yaml.Text(shoes, name)}", head, StringComparison.Ordinal));
    }

    [GeneratedRegex("([A-Z_]+)=([^ \\n]+)")]
    private static partial Regex Exported { get; }

    [GeneratedRegex("docker compose up [a-z -]+")]
    private static partial Regex Command { get; }
}
