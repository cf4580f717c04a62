using YamlDotNet.RepresentationModel;

namespace ShoeFunctions.Infrastructure.Tests.Containers;

public sealed class ComposeTests
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
    public void The_door_in_it_can_write_nothing_and_gain_nothing()
    {
        var door = Yaml.Map(Services, "door");
        Assert.Equal(["door"], Yaml.List(door, "profiles"));
        Assert.Equal("true", Yaml.Text(door, "read_only"));
        Assert.Equal(["ALL"], Yaml.List(door, "cap_drop"));
        Assert.Equal(["no-new-privileges:true"], Yaml.List(door, "security_opt"));
    }

    /// <summary>The README's and the file's own words are what the door is given in the container.</summary>
    [Fact]
    public void The_file_says_how_it_is_used()
    {
        var head = Repository.Read("compose.yaml").Split("services:")[0];
        var door = Yaml.Map(Yaml.Map(Services, "door"), "environment");
        Assert.All(["KAFKA_API_KEY", "KAFKA_API_SECRET", "KAFKA_SECURITY_PROTOCOL"], name => Assert.Contains($"{name}={Yaml.Text(door, name)}", head, StringComparison.Ordinal));
    }
}
