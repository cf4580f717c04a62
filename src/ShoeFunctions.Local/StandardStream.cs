namespace ShoeFunctions.Local;

/// <summary>
/// The standard output or error of a program that goes on where its words cannot be written: a full disk, or a handle
/// that is closed, ends no delivery. What could not be written is told once, and known at the end.
/// </summary>
internal sealed class StandardStream : Stream
{
    private readonly Action<string> _complain;
    private readonly Stream? _stream;

    private StandardStream(Func<Stream> open, Action<string> complain)
    {
        _complain = complain;
        try
        {
            _stream = open();
        }
        catch (Exception error) when (IsOfTheSystem(error))
        {
            Fail(error);
        }
    }

    /// <summary>Puts both streams in the place of the console's own.</summary>
    /// <returns>The output.</returns>
    public static StandardStream TakeOver()
    {
        // Where the errors cannot be written either, nobody is left to tell.
        Console.SetError(Writer(new StandardStream(Console.OpenStandardError, _ => { })));
        var output = new StandardStream(
            Console.OpenStandardOutput, reason => Console.Error.WriteLine($"The standard output cannot be written, so what follows is not printed: {reason}"));
        Console.SetOut(Writer(output));
        return output;
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
        if (HasFailed || _stream is null)
            return;

        try
        {
            _stream.Write(buffer);
        }
        catch (Exception error) when (IsOfTheSystem(error))
        {
            Fail(error);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static bool IsOfTheSystem(Exception error) => error is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception;

    private void Fail(Exception error)
    {
        HasFailed = true;
        _complain((error.InnerException ?? error).Message);
    }

    private static StreamWriter Writer(StandardStream stream)
    {
        var encoding = Console.OutputEncoding;
        return new StreamWriter(stream, encoding.Preamble.IsEmpty ? encoding : new System.Text.UTF8Encoding(false)) { AutoFlush = true };
    }
}
