namespace ShoeFunctions.Infrastructure.Tests.Containers;

public sealed class DockerfileTests
{
    private static readonly Dockerfile File = Dockerfile.Read();

    [Fact]
    public void It_is_built_in_one_stage_and_runs_in_another()
    {
        Assert.Equal(["mcr.microsoft.com/dotnet/sdk:10.0 AS build", "debian:13-slim"], File.Stages.Select(stage => stage[0].Arguments));
        Assert.Equal("--from=build /app /app", File.Final("COPY"));
    }

    [Fact]
    public void No_image_is_whatever_is_latest() => Assert.All(File.Stages, stage => Assert.Matches(@"^[^ :]+:(?!latest)[\w.-]+( |$)", stage[0].Arguments));

    [Fact]
    public void It_runs_as_nobody_in_particular() => Assert.Equal("1001:1001", File.Final("USER"));

    [Fact]
    public void Its_health_is_what_the_door_answers_on_its_port()
    {
        Assert.Equal("7071", File.Final("EXPOSE"));
        Assert.Contains("/dev/tcp/127.0.0.1/7071", File.HealthCommand[^1], StringComparison.Ordinal);
        Assert.Contains("GET /api/health/live ", File.HealthCommand[^1], StringComparison.Ordinal);
        Assert.Matches("--interval=[0-9]+s --timeout=[0-9]+s --start-period=[0-9]+s --retries=[0-9]+", File.Final("HEALTHCHECK"));
    }

    /// <summary>A shell in between would not pass SIGTERM on.</summary>
    [Fact]
    public void The_door_is_the_containers_first_process() => Assert.Equal(["/app/ShoeFunctions.Local", "--listen", "0.0.0.0"], File.EntryPoint);

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
}
