using System.CommandLine;
using System.Text;
using Microsoft.Extensions.Configuration.Memory;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Commands;
using ShoeFunctions.Local.Hosting;

namespace ShoeFunctions.Local.Tests.EndToEnd;

/// <summary>
/// The command <c>shoes</c>, run to its end in this process, which takes a fraction of what starting one takes. What it
/// does before it answers, and how it meets signals and streams that fail, is <see cref="ShoesProcess"/>'s to show.
/// </summary>
internal static class ShoesCommand
{
    private static readonly AsyncLocal<Said?> Here = new();

    static ShoesCommand()
    {
        Console.SetOut(new Fork(Console.Out, said => said.Output));
        Console.SetError(new Fork(Console.Error, said => said.Errors));
    }

    /// <summary>All that can be typed.</summary>
    public static RootCommand Root => CommandLine.Root(Environment([]));

    /// <summary>Runs it; a variable that is no setting is a process's, and has one of its own.</summary>
    public static async Task<ShoesProcess.Ended> RunAsync(string arguments, params (string Name, string Value)[] settings)
    {
        if (!settings.All(setting => Settings.All.Any(known => known.Name == setting.Name)))
            return await ShoesProcess.RunAsync(arguments, settings);

        var said = new Said();
        var running = Task.Run(() =>
        {
            Here.Value = said;
            return CommandLine.AnswerAsync(ShoesProcess.Arguments(arguments), Environment(settings));
        });
        try
        {
            return new(await running.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken), said.Output.ToString(), said.Errors.ToString());
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"shoes {arguments} did not end within {Wait.Patience.TotalMinutes} minutes: {said.Output}{said.Errors}");
        }
    }

    /// <summary>Runs the doctor, and again where the machine was too slow for a peer's answer, which then says nothing of the peer.</summary>
    public static async Task<ShoesProcess.Ended> ExamineAsync(params (string Name, string Value)[] settings)
    {
        ShoesProcess.Ended? ended = null;
        await Wait.UntilAsync(async () =>
        {
            ended = await RunAsync("doctor", settings);
            return !ended.Output.Contains("no answer within", StringComparison.Ordinal) && !ended.Output.Contains("Timeout (", StringComparison.Ordinal);
        });
        return ended!;
    }

    private static CommandSettings Environment((string Name, string Value)[] settings) =>
        new(new MemoryConfigurationSource { InitialData = settings.Reverse().DistinctBy(setting => setting.Name).Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)) });

    /// <summary>What one has said.</summary>
    private sealed class Said
    {
        public StringWriter Output { get; } = new();

        public StringWriter Errors { get; } = new();
    }

    /// <summary>The console of whoever writes: a command that runs here has its own.</summary>
    private sealed class Fork(TextWriter console, Func<Said, StringWriter> its) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        private TextWriter Writer => Here.Value is { } said ? its(said) : console;

        public override void Write(char value) => Writer.Write(value);

        public override void Write(char[] buffer, int index, int count) => Writer.Write(buffer, index, count);

        public override void Write(string? value) => Writer.Write(value);

        public override void Flush() => Writer.Flush();
    }
}
