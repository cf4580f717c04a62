using Microsoft.Extensions.Configuration;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Engine.Running;

/// <summary>What this process is called in the rows of its chunks.</summary>
/// <param name="Name">The name, <c>place/process</c>.</param>
public sealed record InstanceName(string Name)
{
    /// <summary>The platform's name of the instance where it gives one, or else the machine's.</summary>
    public static InstanceName Of(IConfiguration configuration) => new(ProgressWriter.NewName(
        new[] { configuration["CONTAINER_NAME"], configuration["WEBSITE_INSTANCE_ID"] }.FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? Environment.MachineName));
}
