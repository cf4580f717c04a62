namespace ShoeFunctions.Infrastructure.Tests;

/// <summary>Node.js, where it is there.</summary>
internal static class Node
{
    public static async Task<Ran> RunAsync(IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> environment)
    {
        try
        {
            return await Ran.ProgramAsync("node", arguments, environment);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("A script in JavaScript is not tested: Node.js is missing; install it.");
            throw;
        }
    }
}
