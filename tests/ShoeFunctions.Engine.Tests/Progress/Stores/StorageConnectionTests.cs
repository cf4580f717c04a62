using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Progress.Stores;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class StorageConnectionTests
{
    private const string Key = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1")]
    [InlineData($"DefaultEndpointsProtocol=https;AccountName=shoes;AccountKey={Key};EndpointSuffix=core.windows.net", "https://shoes.table.core.windows.net/")]
    [InlineData($"AccountName=shoes;AccountKey={Key};TableEndpoint=http://127.0.0.1:4711/shoes", "http://127.0.0.1:4711/shoes")]
    public void A_connection_string_is_the_setting_itself(string text, string uri)
    {
        var configuration = Of(("AzureWebJobsStorage", text), ("AzureWebJobsStorage__accountName", "ignored"));
        Assert.True(StorageConnection.IsConfigured(configuration));
        Assert.Equal(uri, StorageConnection.OpenTables(configuration).Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://shoes.table.core.windows.net/", "accountName=shoes")]
    [InlineData("https://shoes.table.core.windows.net/", "accountName=shoes", "credential=managedidentity", "clientId=f1e87f3a-0000-0000-0000-000000000000")]
    [InlineData("https://shoes.table.core.windows.net/", "accountName=shoes", "credential=ManagedIdentity")]
    [InlineData("https://shoes.table.core.chinacloudapi.cn/", "tableServiceUri=https://shoes.table.core.chinacloudapi.cn", "accountName=ignored")]
    public void An_identity_is_in_the_settings_below(string uri, params string[] settings)
    {
        var configuration = Of([.. settings.Select(setting => setting.Split('=')).Select(parts => ("AzureWebJobsStorage__" + parts[0], parts[1]))]);
        Assert.True(StorageConnection.IsConfigured(configuration));
        Assert.Equal(uri, StorageConnection.OpenTables(configuration).Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://shoes.queue.core.windows.net/", "accountName=shoes")]
    [InlineData("https://shoes.queue.core.chinacloudapi.cn/", "queueServiceUri=https://shoes.queue.core.chinacloudapi.cn/", "accountName=ignored")]
    public void The_queues_are_in_the_same_account(string uri, params string[] settings) => Assert.Equal(
        uri, StorageConnection.OpenQueues(Of([.. settings.Select(setting => setting.Split('=')).Select(parts => ("AzureWebJobsStorage__" + parts[0], parts[1]))])).Uri.AbsoluteUri);

    [Fact]
    public void Without_any_of_them_there_is_no_storage()
    {
        Assert.False(StorageConnection.IsConfigured(Of()));
        Assert.False(StorageConnection.IsConfigured(Of(("AzureWebJobsStorage", ""), ("AzureWebJobsStorage__accountName", ""))));
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", $"AccountName=shoes;AccountKey={Key}x;oops")]
    [InlineData("AzureWebJobsStorage", $"BlobEndpoint=https://shoes.blob.core.windows.net;AccountKey={Key}")]
    [InlineData("AzureWebJobsStorage", Key)]
    [InlineData("AzureWebJobsStorage", $"\"AccountName=shoes;AccountKey={Key}\"")]
    [InlineData("AzureWebJobsStorage", $"AccountName=shoes;AccountKey={Key};EndpointSuffix=core.windows.net ")]
    [InlineData("AzureWebJobsStorage", $"AccountName=shoes;AccountKey=not base64 {Key};EndpointSuffix=core.windows.net")]
    [InlineData("AzureWebJobsStorage", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/storage)")]
    [InlineData("AzureWebJobsStorage__accountName", "https://shoes.table.core.windows.net")]
    [InlineData("AzureWebJobsStorage__accountName", "shoes\n")]
    [InlineData("AzureWebJobsStorage__tableServiceUri", "http://shoes.table.core.windows.net")]
    [InlineData("AzureWebJobsStorage__tableServiceUri", $"https://shoes.table.core.windows.net?sig={Key}")]
    [InlineData("AzureWebJobsStorage__tableServiceUri", $"https://user:{Key}@shoes.table.core.windows.net")]
    [InlineData("AzureWebJobsStorage__tableServiceUri", "shoes")]
    public void What_is_wrong_is_named_and_no_secret_shown(string name, string value)
    {
        var configuration = Of((name, value));
        Assert.True(StorageConnection.IsConfigured(configuration));
        var error = Assert.Throws<SettingsException>(() => StorageConnection.OpenTables(configuration));
        Assert.Contains($"{name}: ", error.Message);
        Assert.DoesNotContain("c2Vj", error.ToString());

        // Whoever asks over HTTP is not shown the value either.
        var advice = error.ToFailure().Advice;
        Assert.Contains($"{name}: {(name.EndsWith("accountName", StringComparison.Ordinal) ? "what it holds is not accepted" : "")}", advice, StringComparison.Ordinal);
        Assert.DoesNotContain(value, advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_an_identity_is_wrong()
    {
        var configuration = Of(("AzureWebJobsStorage__credential", "managedidentity"));
        Assert.True(StorageConnection.IsConfigured(configuration));
        var missing = Assert.Throws<SettingsException>(() => StorageConnection.OpenTables(configuration));
        foreach (var text in (string[])[missing.Message, missing.ToFailure().Advice])
            Assert.Contains("AzureWebJobsStorage__accountName: neither it nor __tableServiceUri is set", text, StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage__credential: ", Assert.Throws<SettingsException>(
            () => StorageConnection.OpenTables(Of(("AzureWebJobsStorage__accountName", "shoes"), ("AzureWebJobsStorage__credential", "password")))).Message);
    }

    /// <summary>As environment variables come in: two underscores stand for a colon.</summary>
    private static IConfiguration Of(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name.Replace("__", ":"), setting.Value)))
        .Build();
}
