using ShoeFunctions.Infrastructure.Tests.Scripts;

namespace ShoeFunctions.Infrastructure.Tests.Containers;

public sealed class DockerfileTests
{
    private static readonly Dockerfile File = Dockerfile.Read();

    [Fact]
    public void It_is_built_in_one_stage_and_runs_in_another()
    {
        Assert.Equal(["mcr.microsoft.com/dotnet/sdk", "debian"], File.Stages.Select(stage => stage[0].Arguments.Split(':')[0]));
        Assert.Equal("--from=build /app /app", File.Final("COPY"));
    }

    /// <summary>As actions are by commit: the version says what it is meant to be, the digest what it is.</summary>
    [Fact]
    public void Every_image_is_named_by_its_version_and_its_digest() =>
        Assert.All(File.Stages, stage => Assert.Matches(@"^[^ :@]+:[0-9]+\.[\w.-]+@sha256:[0-9a-f]{64}( AS \w+)?$", stage[0].Arguments));

    [Fact]
    public void It_runs_as_nobody_in_particular() => Assert.Equal("1001:1001", File.Final("USER"));

    [Fact]
    public void Its_health_is_asked_often_enough_and_with_an_end() =>
        Assert.Matches("--interval=[0-9]+s --timeout=[0-9]+s --start-period=[0-9]+s --retries=[0-9]+", File.Final("HEALTHCHECK"));

    [Theory]
    [InlineData("--port", "PORT")]
    [InlineData("--port=PORT")]
    [InlineData("--port:PORT")]
    [InlineData("--ticks", "3", "--port", "PORT", "--log", "json")]
    public async Task Its_health_is_what_answers_on_the_port_that_the_command_was_given(params string[] arguments)
    {
        await using var app = await AppDouble.StartAsync((200, "{}"), (200, "{}"));
        var port = app.Url.Split(':')[^1];
        string[] given = [.. arguments.Select(argument => argument.Replace("PORT", port, StringComparison.Ordinal))];
        Assert.Equal(0, await ProbeAsync(File.HealthCommand, given));
        Assert.Equal("/api/health/live", app.Path);

        app.Stats = (503, "");
        Assert.NotEqual(0, await ProbeAsync(File.HealthCommand, given));
    }

    [Fact]
    public async Task Without_a_port_it_is_the_one_that_is_exposed()
    {
        await using var app = await AppDouble.StartAsync((200, "{}"), (200, "{}"));
        string[] command = [.. File.HealthCommand.Select(word => word.Replace($":-{File.Final("EXPOSE")}", $":-{app.Url.Split(':')[^1]}", StringComparison.Ordinal))];
        Assert.NotEqual(File.HealthCommand, command);
        Assert.Equal(0, await ProbeAsync(command, []));
        Assert.Contains("7071, \"Port to listen on", Repository.Read("src/ShoeFunctions.Local/Commands/CommandLine.cs"), StringComparison.Ordinal);
        Assert.Equal("7071", File.Final("EXPOSE"));
    }

    /// <summary>A shell in between would not pass SIGTERM on.</summary>
    [Fact]
    public void The_command_is_the_containers_first_process() => Assert.Equal(["/app/ShoeFunctions.Local", "--listen", "0.0.0.0"], File.EntryPoint);

    [Fact]
    public void Package_lists_do_not_stay_in_the_image()
    {
        var run = File.Final("RUN");
        Assert.StartsWith("apt-get update && apt-get install --yes --no-install-recommends ", run, StringComparison.Ordinal);
        Assert.EndsWith("rm -rf /var/lib/apt/lists/*", run, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("MAINTAINER")]
    [InlineData("ONBUILD")]
    [InlineData("VOLUME")]
    public void It_does_without(string instruction) => Assert.DoesNotContain(File.Instructions, found => found.Name == instruction);

    [Fact]
    public void No_credential_is_handed_to_the_build() =>
        Assert.DoesNotContain(File.Instructions, instruction => instruction.Name is "ARG" or "ENV" && instruction.Arguments.Contains("API_", StringComparison.Ordinal));

    /// <summary>Runs the health check beside a first process that was started as the container starts it, with further arguments.</summary>
    private static async Task<int> ProbeAsync(string[] command, string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The container is one of Linux.");
        var words = System.IO.Path.GetTempFileName();
        try
        {
            await System.IO.File.WriteAllTextAsync(words, string.Concat(File.EntryPoint.Concat(arguments).Select(word => word + '\0')), TestContext.Current.CancellationToken);
            return (await Ran.ProgramAsync(command[0], command[1..].Select(word => word.Replace("/proc/1/cmdline", words, StringComparison.Ordinal)))).ExitCode;
        }
        finally
        {
            System.IO.File.Delete(words);
        }
    }
}
