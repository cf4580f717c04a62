using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Serialization;
using ShoeFunctions.Engine.Setup;

namespace ShoeFunctions.Infrastructure.Tests.Bicep;

public sealed partial class TemplateTests
{
    /// <summary>What the app is given that the engine's settings are not: the platform's own, and which identity it is.</summary>
    private static readonly string[] OfThePlatform =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID",
        "AzureWebJobsDisableHomepage", "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__queueServiceUri",
    ];

    /// <summary>All that the app's identity may do; what is added here wants a reason.</summary>
    private static readonly (string On, string Role)[] Rights =
    [
        ("Microsoft.Insights/components", "3913510d-42f4-4e42-8a64-420c390055eb"), // Monitoring Metrics Publisher
        ("Microsoft.KeyVault/vaults", "4633458b-17de-408a-b874-0445c86b69e6"), // Key Vault Secrets User
        ("Microsoft.Storage/storageAccounts", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"), // Storage Table Data Contributor
        ("Microsoft.Storage/storageAccounts", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"), // Storage Queue Data Contributor
        ("Microsoft.Storage/storageAccounts", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"), // Storage Blob Data Owner
    ];

    private static IEnumerable<Setting> NotSecret => Settings.All.Where(setting => !setting.IsSecret);

    [Fact]
    public async Task The_app_can_be_given_exactly_the_settings_that_the_code_reads()
    {
        var (byDefault, other) = (AppSettings(await BicepCompiler.DeployedAsync()), AppSettings(await BicepCompiler.DeployedAsync(BicepCompiler.Other)));
        Assert.Equal(
            NotSecret.Select(setting => setting.Name).Concat(OfThePlatform).Order(StringComparer.Ordinal),
            byDefault.Keys.Union(other.Keys).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_setting_is_a_parameter_with_the_codes_default()
    {
        var parameters = (await BicepCompiler.CompileAsync()).GetProperty("parameters");
        Assert.All(NotSecret.Where(setting => setting.Name != "KEY_VAULT_URI"), setting =>
        {
            Assert.True(parameters.TryGetProperty(ParameterOf(setting), out var parameter), $"infra/main.bicep has no parameter {ParameterOf(setting)} for {setting.Name}.");
            Assert.Equal(setting.Default, parameter.TryGetProperty("defaultValue", out var value) ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : value.ToString() : null);
            Assert.StartsWith($"{setting.Name}: ", parameter.GetProperty("metadata").GetProperty("description").GetString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task By_default_the_app_gets_what_holds_without_settings()
    {
        var settings = AppSettings(await BicepCompiler.DeployedAsync());
        Assert.All(NotSecret.Where(setting => setting.Default is not null), setting => Assert.Equal(setting.Default, settings[setting.Name]));
        Assert.Equal("true", settings["AzureWebJobsDisableHomepage"]);
        Assert.Equal(
            new[] { "KAFKA_BOOTSTRAP_SERVERS", "KEY_VAULT_URI", "SCHEMA_REGISTRY_URL" }.Concat(NotSecret.Where(setting => setting.Default is not null).Select(setting => setting.Name)).Concat(OfThePlatform).Order(StringComparer.Ordinal),
            settings.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_parameter_says_is_what_its_setting_says()
    {
        var (described, settings) = ((await BicepCompiler.CompileAsync()).GetProperty("parameters"), AppSettings(await BicepCompiler.DeployedAsync(BicepCompiler.Other)));
        var given = BicepCompiler.Other.Select(line => Given.Match(line).Groups).Select(groups => (
            Setting: SettingOf.Match(described.GetProperty(groups[1].Value).GetProperty("metadata").GetProperty("description").GetString()!).Groups[1].Value,
            Value: groups[2].Value.Replace("\\n", "\n", StringComparison.Ordinal))).Where(pair => pair.Setting.Length > 0).ToArray();
        Assert.Contains(("KAFKA_SASL_MECHANISM", "OAUTHBEARER"), given);
        Assert.All(given, pair => Assert.Equal(pair.Value, settings[pair.Setting]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_app_accepts_its_settings(bool others)
    {
        var settings = AppSettings(await BicepCompiler.DeployedAsync(others ? BicepCompiler.Other : []));
        // What only Azure knows.
        settings["KEY_VAULT_URI"] = "https://shoes.vault.azure.net/";
        settings["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey={Guid.Empty};IngestionEndpoint=https://westeurope-0.in.applicationinsights.azure.com/";
        Assert.StartsWith("[format('Authorization=AAD;ClientId={0}', ", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
        settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = $"Authorization=AAD;ClientId={Guid.Empty}";
        // Any other value of each parameter, and these exclude each other.
        if (settings["SERIALIZER"] == "confluent")
            settings.Remove("SCHEMA_REGISTRY_SSL_CA");
        if (settings["DELIVERY"] == "exactly-once")
            settings["FAN_OUT_ABOVE"] = "0";
        Assert.NotNull(ShoeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), DateTimeOffset.UnixEpoch, ConfluentPart.Present));
    }

    [Fact]
    public async Task Every_parameter_is_described_and_bounded()
    {
        var parameters = (await BicepCompiler.CompileAsync()).GetProperty("parameters");
        Assert.All(parameters.EnumerateObject(), parameter =>
        {
            Assert.NotEmpty(parameter.Value.GetProperty("metadata").GetProperty("description").GetString()!);
            if (parameter.Value.GetProperty("type").GetString() == "int")
                Assert.True(
                    parameter.Value.TryGetProperty("allowedValues", out _) || (parameter.Value.TryGetProperty("minValue", out _) && parameter.Value.TryGetProperty("maxValue", out _)),
                    parameter.Name);
        });
    }

    [Fact]
    public async Task The_runtime_is_the_one_that_starts()
    {
        var app = One(await BicepCompiler.DeployedAsync(), "Microsoft.Web/sites").GetProperty("properties");
        var runtime = app.GetProperty("functionAppConfig").GetProperty("runtime");
        Assert.Equal(("dotnet-isolated", "10.0"), (runtime.GetProperty("name").GetString(), runtime.GetProperty("version").GetString()));
        Assert.True(app.GetProperty("httpsOnly").GetBoolean());
        Assert.Equal("1.2", app.GetProperty("siteConfig").GetProperty("minTlsVersion").GetString());
        Assert.Equal("Disabled", app.GetProperty("siteConfig").GetProperty("ftpsState").GetString());
        Assert.DoesNotContain("FUNCTIONS_WORKER_RUNTIME", AppSettings(await BicepCompiler.DeployedAsync()).Keys);
    }

    [Fact]
    public async Task The_plan_is_Flex_Consumption()
    {
        var plan = One(await BicepCompiler.DeployedAsync(), "Microsoft.Web/serverfarms");
        Assert.Equal(("FC1", "FlexConsumption"), (plan.GetProperty("sku").GetProperty("name").GetString(), plan.GetProperty("sku").GetProperty("tier").GetString()));
    }

    [Fact]
    public async Task Timer_and_chunks_get_instances_that_always_wait_where_that_is_asked_for()
    {
        var ready = Scale(await BicepCompiler.DeployedAsync(BicepCompiler.Other)).GetProperty("alwaysReady").EnumerateArray();
        Assert.Equal(
            [("function:ProduceShoes", 1), ("function:ProduceChunk", 20)], ready.Select(group => (group.GetProperty("name").GetString()!, group.GetProperty("instanceCount").GetInt32())));
        Assert.All(
            ["ProduceShoes", "ProduceChunk"],
            name => Assert.Contains($"[Function(nameof({name}))]", Repository.Read($"src/ShoeFunctions/Functions/{name}.cs"), StringComparison.Ordinal));
        Assert.Empty(Scale(await BicepCompiler.DeployedAsync()).GetProperty("alwaysReady").EnumerateArray());
    }

    [Fact]
    public async Task How_many_instances_there_are_at_most_is_chosen()
    {
        Assert.Equal(40, Scale(await BicepCompiler.DeployedAsync()).GetProperty("maximumInstanceCount").GetInt32());
        Assert.Equal(1000, Scale(await BicepCompiler.DeployedAsync(BicepCompiler.Other)).GetProperty("maximumInstanceCount").GetInt32());
    }

    /// <summary>The names are the code's, and the queue service is where the app and its host look for it.</summary>
    [Fact]
    public async Task The_queues_of_chunks_are_there_before_the_app()
    {
        var deployed = await BicepCompiler.DeployedAsync();
        Assert.Equal(
            [IQueuedChunks.Name, IQueuedChunks.PoisonName],
            Of(deployed, "Microsoft.Storage/storageAccounts/queueServices/queues").Select(queue => queue.GetProperty("name").GetString()!.Split('/')[^1]).Order());
        Assert.Contains("primaryEndpoints.queue", AppSettings(deployed)["AzureWebJobsStorage__queueServiceUri"], StringComparison.Ordinal);
        var app = (await BicepCompiler.CompileAsync()).GetProperty("resources").GetProperty("app");
        Assert.Contains("chunks", app.GetProperty("dependsOn").EnumerateArray().Select(resource => resource.GetString()));
    }

    [Fact]
    public async Task Nothing_is_reached_with_a_key()
    {
        var deployed = await BicepCompiler.DeployedAsync();
        var storage = One(deployed, "Microsoft.Storage/storageAccounts").GetProperty("properties");
        Assert.False(storage.GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.False(storage.GetProperty("allowBlobPublicAccess").GetBoolean());
        Assert.Equal("TLS1_2", storage.GetProperty("minimumTlsVersion").GetString());
        Assert.Equal("None", One(deployed, "Microsoft.Storage/storageAccounts/blobServices/containers").GetProperty("properties").GetProperty("publicAccess").GetString());
        Assert.True(One(deployed, "Microsoft.Insights/components").GetProperty("properties").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(One(deployed, "Microsoft.OperationalInsights/workspaces").GetProperty("properties").GetProperty("features").GetProperty("disableLocalAuth").GetBoolean());
        Assert.All(Of(deployed, "Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
        Assert.Equal(2, Of(deployed, "Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
        Assert.DoesNotMatch("(?i)listKeys|listAccountSas|accountKey|sharedAccess", (await BicepCompiler.CompileAsync()).GetRawText().Replace("allowSharedKeyAccess", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_secret_is_in_the_apps_settings_or_the_outputs()
    {
        var template = await BicepCompiler.CompileAsync();
        var secure = template.GetProperty("parameters").EnumerateObject().Where(parameter => parameter.Value.GetProperty("type").GetString() == "securestring").Select(parameter => parameter.Name).ToArray();
        Assert.Equal(Settings.All.Where(setting => setting.IsSecret).Select(ParameterOf).Order(), secure.Order());

        var settings = AppSettings(await BicepCompiler.DeployedAsync(BicepCompiler.Other));
        Assert.DoesNotContain(settings, setting => setting.Value!.Contains("hush", StringComparison.Ordinal));
        Assert.DoesNotContain(settings, setting => secure.Any(name => setting.Value!.Contains($"parameters('{name}')", StringComparison.Ordinal)));
        Assert.DoesNotContain(settings.Keys, Settings.All.Where(setting => setting.IsSecret).Select(setting => setting.Name).Contains);
        Assert.DoesNotMatch("(?i)secret[^s]|apiKey", template.GetProperty("outputs").GetRawText());
        Assert.Equal(["appName", "hostName", "vaultName"], template.GetProperty("outputs").EnumerateObject().Select(output => output.Name).Order());
    }

    [Fact]
    public async Task The_vault_gets_each_credential_under_the_name_that_the_app_looks_for()
    {
        var secret = Settings.All.Where(setting => setting.IsSecret).ToArray();
        var written = Of(await BicepCompiler.DeployedAsync(BicepCompiler.Other), "Microsoft.KeyVault/vaults/secrets");
        Assert.Equal(
            secret.Select(setting => (setting.Name.Replace('_', '-').ToLowerInvariant(), $"[parameters('{ParameterOf(setting)}')]")).Order(),
            written.Select(resource => (resource.GetProperty("name").GetString()!.Split('/')[1], resource.GetProperty("properties").GetProperty("value").GetString()!)).Order());
    }

    [Fact]
    public async Task A_credential_that_is_not_given_is_left_as_it_is_in_the_vault()
    {
        Assert.Empty(Of(await BicepCompiler.DeployedAsync(), "Microsoft.KeyVault/vaults/secrets"));
        var written = Assert.Single(Of(await BicepCompiler.DeployedAsync(BicepCompiler.OneCredential), "Microsoft.KeyVault/vaults/secrets"));
        Assert.EndsWith("/kafka-api-key", written.GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal("[not(empty(parameters('kafkaApiKey')))]", written.GetProperty("condition").GetString());
    }

    /// <summary>Neither the vault nor what belongs to it: role, secrets, private endpoint with its zone, setting.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("param oauthScope = 'api://shoes/.default'", true)]
    [InlineData("param schemaRegistryOauthScope = 'api://shoes/.default'", true)]
    [InlineData("param oauthScope = ''\nparam schemaRegistryOauthScope = ''", true)]
    [InlineData("param oauthScope = 'api://shoes/.default'\nparam schemaRegistryOauthScope = 'api://shoes/.default'", false)]
    [InlineData("param oauthScope = 'api://shoes/.default'\nparam schemaRegistryOauthScope = 'api://shoes/.default'\nparam kafkaSaslMechanism = 'OAUTHBEARER'", false)]
    [InlineData("param oauthScope = 'api://shoes/.default'\nparam schemaRegistryOauthScope = 'api://shoes/.default'\nparam kafkaSaslMechanism = 'SCRAM-SHA-512'", true)]
    [InlineData("param oauthScope = 'api://shoes/.default'\nparam schemaRegistryOauthScope = 'api://shoes/.default'\nparam keyVault = true", true)]
    [InlineData("param kafkaSaslMechanism = 'none'\nparam keyVault = false", false)]
    public async Task Where_tokens_are_all_that_is_asked_for_there_is_no_vault(string parameters, bool expected)
    {
        var deployed = await BicepCompiler.DeployedAsync("param privateNetwork = true", parameters);
        Assert.Equal(expected ? 1 : 0, Of(deployed, "Microsoft.KeyVault/vaults").Count());
        Assert.Equal(expected ? 5 : 4, Of(deployed, "Microsoft.Authorization/roleAssignments").Count());
        Assert.Equal(expected ? 4 : 3, Of(deployed, "Microsoft.Network/privateEndpoints").Count());
        Assert.Equal(expected ? 4 : 3, Of(deployed, "Microsoft.Network/privateDnsZones").Count());
        Assert.Equal(expected, AppSettings(deployed).ContainsKey("KEY_VAULT_URI"));
        Assert.Empty(Of(deployed, "Microsoft.KeyVault/vaults/secrets"));
        Assert.Equal(expected, deployed.Any(resource => OfTheVault.IsMatch(resource.GetRawText())));
    }

    /// <summary>The first deployment is given them and the next one is not: the vault would be there and then not be.</summary>
    [Fact]
    public async Task Whether_there_is_a_vault_does_not_hang_on_the_credentials()
    {
        var parameters = (await BicepCompiler.CompileAsync()).GetProperty("parameters");
        Assert.DoesNotContain(
            parameters.EnumerateObject().Where(parameter => parameter.Value.GetProperty("type").GetString() == "securestring"),
            parameter => parameters.GetProperty("keyVault").GetProperty("defaultValue").GetString()!.Contains($"'{parameter.Name}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_credential_without_a_vault_is_not_dropped_in_silence() =>
        Assert.Contains("There is no vault for the credentials", await BicepCompiler.RefusedAsync([.. BicepCompiler.Tokens, "param kafkaSslKey = 'hush'"]), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deleted_secrets_come_back_and_purge_protection_is_chosen(bool isProtected)
    {
        var vault = One(await BicepCompiler.DeployedAsync(isProtected ? BicepCompiler.Other : []), "Microsoft.KeyVault/vaults").GetProperty("properties");
        Assert.True(vault.GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.True(vault.GetProperty("enableSoftDelete").GetBoolean());
        // Never false: Azure refuses that.
        Assert.Equal(isProtected ? JsonValueKind.True : JsonValueKind.Null, vault.GetProperty("enablePurgeProtection").ValueKind);
    }

    [Fact]
    public async Task The_apps_identity_has_the_rights_that_it_needs_and_no_others()
    {
        var deployed = await BicepCompiler.DeployedAsync();
        var assignments = Of(deployed, "Microsoft.Authorization/roleAssignments").ToArray();
        Assert.Equal(Rights, assignments.Select(assignment => (
            On: string.Join('/', assignment.GetProperty("id").GetString()!.Split("/providers/")[^2].Split('/')[..2]),
            Role: assignment.GetProperty("properties").GetProperty("roleDefinitionId").GetString()!.Split('/')[^1])).Order());
        Assert.All(assignments, assignment => Assert.Contains("userAssignedIdentities/shoes-app", assignment.GetProperty("properties").GetProperty("principalId").GetString(), StringComparison.Ordinal));
        Assert.Equal("UserAssigned", One(deployed, "Microsoft.Web/sites").GetProperty("identity").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_private_network_closes_storage_and_vault_to_everybody_else()
    {
        var deployed = await BicepCompiler.DeployedAsync(BicepCompiler.Other);
        foreach (var type in new[] { "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults" })
        {
            var properties = One(deployed, type).GetProperty("properties");
            Assert.Equal("Disabled", properties.GetProperty("publicNetworkAccess").GetString());
            Assert.Equal("Deny", properties.GetProperty("networkAcls").GetProperty("defaultAction").GetString());
        }

        Assert.Equal(["shoes-blob", "shoes-queue", "shoes-table", "shoes-vault"], Of(deployed, "Microsoft.Network/privateEndpoints").Select(endpoint => endpoint.GetProperty("name").GetString()).Order());
        Assert.Equal(4, Of(deployed, "Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());
        Assert.Contains(Of(deployed, "Microsoft.Network/privateDnsZones"), zone => zone.GetProperty("name").GetString()!.Contains("privatelink.queue.", StringComparison.Ordinal));
        Assert.EndsWith("/subnets/app", One(deployed, "Microsoft.Web/sites").GetProperty("properties").GetProperty("virtualNetworkSubnetId").GetString(), StringComparison.Ordinal);
        Assert.Empty(Of(await BicepCompiler.DeployedAsync(), "Microsoft.Network/privateEndpoints"));
    }

    private static IEnumerable<JsonElement> Of(IEnumerable<JsonElement> deployed, string type) =>
        deployed.Where(resource => resource.GetProperty("type").GetString() == type);

    private static JsonElement One(IEnumerable<JsonElement> deployed, string type) => Assert.Single(Of(deployed, type));

    private static JsonElement Scale(IEnumerable<JsonElement> deployed) =>
        One(deployed, "Microsoft.Web/sites").GetProperty("properties").GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency");

    private static Dictionary<string, string?> AppSettings(IEnumerable<JsonElement> deployed) =>
        One(deployed, "Microsoft.Web/sites/config").GetProperty("properties").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString());

    private static string ParameterOf(Setting setting) => BicepCompiler.ParameterOf(setting.Name);

    [GeneratedRegex("^param ([A-Za-z]+) = '?(.*?)'?$")]
    private static partial Regex Given { get; }

    [GeneratedRegex("^([A-Z_]+): ")]
    private static partial Regex SettingOf { get; }

    [GeneratedRegex("Microsoft.KeyVault|vaultcore|4633458b-17de-408a-b874-0445c86b69e6")]
    private static partial Regex OfTheVault { get; }
}
