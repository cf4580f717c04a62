using System.CommandLine;
using System.Text;
using Microsoft.Extensions.Configuration.Memory;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Commands;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

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
        Console.SetOut(new Fork(Console.Out, said => said.OutputWriter));
        Console.SetError(new Fork(Console.Error, said => said.ErrorWriter));
    }

    /// <summary>All that can be typed.</summary>
    public static RootCommand Root => CommandLine.Root(Environment([]));

    /// <summary>Runs it; a variable that is no setting is a process's, and has one of its own.</summary>
    public static Task<ShoesProcess.Ended> RunAsync(string arguments, params (string Name, string Value)[] settings) =>
        settings.All(setting => Settings.All.Any(known => known.Name == setting.Name))
            ? RunAsync(arguments, new MemoryStream(), new MemoryStream(), settings) : ShoesProcess.RunAsync(arguments, settings);

    /// <summary>Runs it with such streams: one that is null is closed.</summary>
    public static async Task<ShoesProcess.Ended> RunAsync(string arguments, Stream? output, Stream? errors, params (string Name, string Value)[] settings)
    {
        var said = new Said(output, errors);
        var running = Task.Run(() =>
        {
            Here.Value = said;
            return CommandLine.AnswerAsync(ShoesProcess.Arguments(arguments), Environment(settings), said.Output);
        });
        try
        {
            return new(await running.WaitAsync(Wait.Patience, TimeProvider.System, TestContext.Current.CancellationToken), Text(output), Text(errors));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"shoes {arguments} did not end within {Wait.Patience.TotalMinutes} minutes: {Text(output)}{Text(errors)}");
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

    /// <summary>What is written to a stream, where that keeps it.</summary>
    private static string Text(Stream? stream) => stream is MemoryStream memory ? Encoding.UTF8.GetString(memory.ToArray()) : "";

    /// <summary>What one says.</summary>
    private sealed class Said
    {
        public Said(Stream? output, Stream? errors)
        {
            Output = StandardStream.OfOutput(output);
            (OutputWriter, ErrorWriter) = (StandardStream.Writer(Output), StandardStream.Writer(StandardStream.OfErrors(errors)));
        }

        public StandardStream Output { get; }

        public TextWriter OutputWriter { get; }

        public TextWriter ErrorWriter { get; }
    }

    /// <summary>The console of whoever writes: a command that runs here has its own.</summary>
    private sealed class Fork(TextWriter console, Func<Said, TextWriter> its) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        private TextWriter Writer => Here.Value is { } said ? its(said) : console;

        public override void Write(char value) => Writer.Write(value);

        public override void Write(char[] buffer, int index, int count) => Writer.Write(buffer, index, count);

        public override void Write(string? value) => Writer.Write(value);

        public override void Flush() => Writer.Flush();
    }
}
