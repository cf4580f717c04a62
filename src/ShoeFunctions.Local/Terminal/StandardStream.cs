using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ShoeFunctions.Local.Terminal;

/// <summary>
/// The standard output or error of a program that goes on where its words cannot be written: a full disk, or a handle
/// that is closed, ends no delivery. What could not be written is told once, and known at the end.
/// </summary>
internal sealed class StandardStream : Stream
{
    /// <summary>Their numbers, and what <c>fcntl</c> is asked with and answers.</summary>
    private const int Output = 1, Errors = 2, GetFlags = 1, CloseOnExec = 1;

    private readonly Action<string> _complain;
    private readonly int? _number;
    private Stream? _stream;

    private StandardStream(Stream? stream, Action<string> complain, int? number) => (_stream, _complain, _number) = (stream, complain, number);

    /// <summary>Puts both streams in the place of the console's own.</summary>
    /// <returns>The output.</returns>
    public static StandardStream TakeOver()
    {
        Console.SetError(Writer(OfErrors(Open(Errors, Console.OpenStandardError), Errors)));
        var output = OfOutput(Open(Output, Console.OpenStandardOutput), Output);
        Console.SetOut(Writer(output));
        return output;
    }

    /// <summary>The output; where it cannot be written, the errors say so.</summary>
    /// <param name="stream">What it is written to, or null where that is closed.</param>
    /// <param name="number">Its number, where it has one.</param>
    public static StandardStream OfOutput(Stream? stream, int? number = null) =>
        new(stream, reason => Console.Error.WriteLine($"The standard output cannot be written, so what follows is not printed: {reason}"), number);

    /// <summary>The errors; where they cannot be written, nobody is left to tell.</summary>
    /// <param name="stream">What they are written to, or null where that is closed.</param>
    /// <param name="number">Their number, where they have one.</param>
    public static StandardStream OfErrors(Stream? stream, int? number = null) => new(stream, _ => { }, number);

    /// <summary>What writes to it, each word at once.</summary>
    public static TextWriter Writer(StandardStream stream)
    {
        var encoding = Console.OutputEncoding;
        return new StreamWriter(stream, encoding.Preamble.IsEmpty ? encoding : new System.Text.UTF8Encoding(false)) { AutoFlush = true };
    }

    /// <summary>Whether anything is lost.</summary>
    public bool HasFailed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (HasFailed)
            return;

        try
        {
            if (_stream is null)
                Fail("it is closed");
            else
                Write(_stream, buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error.Message);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// Says something on the standard error where not even the console can be had, which wants files, threads and memory
    /// of its own. Of what it uses here everything is there from the start.
    /// </summary>
    public static void Whisper(ReadOnlySpan<byte> line)
    {
        try
        {
            if (OperatingSystem.IsWindows() || !IsOpen(Errors))
                return;
            using var errors = Bare(Errors);
            errors.Write(line);
        }
        catch (IOException)
        {
            // Nobody is left to tell.
        }
    }

    /// <summary>
    /// Whether it was open at the start. Where it was not, the first file that the runtime opens has its number by now, a
    /// pipe that its threads talk through; but what the runtime opens is closed on exec, which nothing inherited is.
    /// </summary>
    private static bool IsOpen(int number) => OperatingSystem.IsWindows() || (FileControl(number, GetFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0);

    /// <summary>As the console does, or where that cannot be, in the plainest way; null where it is closed.</summary>
    private static Stream? Open(int number, Func<Stream> open)
    {
        if (!IsOpen(number))
            return null;

        try
        {
            return open();
        }
        catch (Exception) when (!OperatingSystem.IsWindows())
        {
            return Bare(number);
        }
    }

    private void Write(Stream stream, ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (FileNotFoundException) when (!OperatingSystem.IsWindows() && _number is not null)
        {
            // The console loads parts of itself with the first line, which no file may be left for.
            _stream = Bare(_number.Value);
            _stream.Write(buffer);
        }
    }

    private static FileStream Bare(int number) => new(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int FileControl(int number, int command);

    private void Fail(string reason)
    {
        HasFailed = true;
        _complain(reason);
    }
}
