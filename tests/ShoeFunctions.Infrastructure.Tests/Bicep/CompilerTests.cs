using System.Text.Json;

namespace ShoeFunctions.Infrastructure.Tests.Bicep;

public sealed class CompilerTests
{
    private static string[] Files => [.. Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep").Select(file => $"infra/{Path.GetFileName(file)}")];

    /// <summary>Its modules with it.</summary>
    [Fact]
    public async Task The_template_compiles_without_a_warning() => Assert.NotEmpty((await BicepCompiler.CompileAsync()).GetProperty("resources").EnumerateObject());

    [Theory]
    [InlineData("infra/main.bicep")]
    [InlineData("infra/main.bicepparam")]
    public async Task The_linter_finds_nothing(string file) => await AssertSilentAsync("lint", file);

    [Fact]
    public async Task The_parameters_compile_without_a_warning() => await AssertSilentAsync("build-params", "infra/main.bicepparam", "--stdout");

    [Fact]
    public async Task Without_an_address_the_parameters_say_what_is_missing()
    {
        var ran = await BicepCompiler.RunAsync(["build-params", Repository.PathOf("infra/main.bicepparam"), "--stdout"], ("KAFKA_BOOTSTRAP_SERVERS", null));
        Assert.NotEqual(0, ran.ExitCode);
        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS", ran.Errors, StringComparison.Ordinal);
    }

    /// <summary>A variable that a repository lacks comes as nothing.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task What_is_not_set_is_left_out(string? nothing)
    {
        var parameters = await ParametersAsync([.. BicepCompiler.NotNeeded.Select(name => (name, nothing))]);
        Assert.All(BicepCompiler.NotNeeded, name => Assert.Equal("", $"{parameters.GetProperty(BicepCompiler.ParameterOf(name)).GetProperty("value")}"));
        // Nothing is none of the mechanisms.
        Assert.Equal(JsonValueKind.Null, parameters.GetProperty("kafkaSaslMechanism").GetProperty("value").ValueKind);
    }

    [Fact]
    public async Task The_environments_names_are_those_of_the_settings()
    {
        var parameters = await ParametersAsync([.. BicepCompiler.NotNeeded.Select(name => (name, (string?)$"of {name}"))]);
        Assert.Equal(BicepCompiler.NotNeeded.Length + 2, parameters.EnumerateObject().Count());
        Assert.All(BicepCompiler.NotNeeded, name => Assert.Equal($"of {name}", parameters.GetProperty(BicepCompiler.ParameterOf(name)).GetProperty("value").GetString()));
    }

    [Fact]
    public async Task A_fault_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("shoes-bicep-");
        try
        {
            var file = Path.Combine(folder.FullName, "faulty.bicep");
            await File.WriteAllTextAsync(file, "param unused string\n", TestContext.Current.CancellationToken);
            var ran = await BicepCompiler.RunAsync(["lint", file]);
            Assert.Contains("no-unused-params", ran.Errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void There_are_few_files_and_no_module_comes_from_a_registry()
    {
        Assert.InRange(Files.Length, 1, 4);
        Assert.All(Files, file => Assert.DoesNotMatch("(?m)^module .*'(br|ts)[:/]", Repository.Read(file)));
    }

    private static async Task<JsonElement> ParametersAsync(params (string, string?)[] environment)
    {
        var ran = await BicepCompiler.RunAsync(["build-params", Repository.PathOf("infra/main.bicepparam"), "--stdout"], environment);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        return JsonElement.Parse(JsonElement.Parse(ran.Output).GetProperty("parametersJson").GetString()!).GetProperty("parameters");
    }

    private static async Task AssertSilentAsync(string verb, string file, params IEnumerable<string> options)
    {
        var ran = await BicepCompiler.RunAsync([verb, Repository.PathOf(file), .. options]);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
    }
}
