using System.Text;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Network;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>What the settings say of one peer's TLS: each part as PEM text or as the path of a file, or not at all.</summary>
public sealed class TlsSource
{
    private const int MostBytes = 1 << 20;

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(5);

    private readonly Setting[] _settings;
    private readonly string?[] _values;

    private TlsSource(Setting[] settings, string?[] values) => (_settings, _values) = (settings, values);

    /// <summary>Nothing is set.</summary>
    public static TlsSource None { get; } = new([Settings.KafkaSslCa, Settings.KafkaSslCertificate, Settings.KafkaSslKey, Settings.KafkaSslKeyPassword], new string?[4]);

    /// <summary>Whether anything is.</summary>
    public bool IsSet => Array.Exists(_values, value => value is not null);

    /// <summary>The setting of a part.</summary>
    internal Setting Of(TlsPart part) => _settings[(int)part];

    /// <summary>Whether the settings themselves hold a part.</summary>
    internal bool Has(TlsPart part) => _values[(int)part] is not null;

    /// <summary>The first setting that is set.</summary>
    internal Setting? First => _settings.Zip(_values).FirstOrDefault(pair => pair.Second is not null).First;

    /// <summary>The brokers' four.</summary>
    internal static TlsSource ReadKafka(SettingsReader reader) =>
        Read(reader, Settings.KafkaSslCa, Settings.KafkaSslCertificate, Settings.KafkaSslKey, Settings.KafkaSslKeyPassword);

    /// <summary>The registry's four.</summary>
    internal static TlsSource ReadSchemaRegistry(SettingsReader reader) =>
        Read(reader, Settings.SchemaRegistrySslCa, Settings.SchemaRegistrySslCertificate, Settings.SchemaRegistrySslKey, Settings.SchemaRegistrySslKeyPassword);

    /// <summary>Reads the files that are named, each time anew.</summary>
    /// <exception cref="TlsPartException">There is no such file.</exception>
    internal TlsTexts Texts() => new(Text(TlsPart.Ca), Text(TlsPart.Certificate), Text(TlsPart.Key), _values[(int)TlsPart.KeyPassword]);

    /// <summary>Checks at the start what is set, and with whom it goes together.</summary>
    /// <param name="reader">Takes the faults.</param>
    /// <param name="hasVault">Whether what is not set may be in a vault.</param>
    /// <param name="now">Certificates are to be valid then.</param>
    internal void Check(SettingsReader reader, bool hasVault, DateTimeOffset now)
    {
        if (Array.Find(_settings, setting => reader.Text(setting) is { } text && SecretText.IsUnresolved(text)) is { } unresolved)
        {
            reader.Fault(unresolved, SecretText.Fault(reader.Text(unresolved)!)!);
            return;
        }

        try
        {
            var texts = Texts();
            if (hasVault && (texts.Certificate is null || texts.Key is null || texts.KeyPassword is null))
                texts = new TlsTexts(texts.Ca);
            TlsMaterial.Read(texts, now);
        }
        catch (TlsPartException wrong)
        {
            var setting = Of(wrong.Part);
            if (reader.Text(setting) is { } text)
                reader.Refuse(setting, text, wrong.Found);
            else
                reader.Fault(setting, wrong.Found);
        }
    }

    private static TlsSource Read(SettingsReader reader, params Setting[] settings) => new(settings, Array.ConvertAll(settings, reader.Text));

    private string? Text(TlsPart part)
    {
        if (_values[(int)part] is not { } value || PemText.IsIn(value))
            return _values[(int)part];

        try
        {
            // A pipe that nobody writes to opens when somebody does: it is not waited for.
            var reading = Task.Run(() => ReadFile(value));
            return reading.Wait(LongestRead) ? reading.Result : throw new IOException();
        }
        catch (AggregateException failed) when (failed.InnerException is { } cause)
        {
            throw Unreadable(part, cause);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(part, unreadable);
        }
    }

    private static string ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        if (!stream.CanSeek)
            throw new NotSupportedException();
        var bytes = new byte[MostBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MostBytes ? Encoding.UTF8.GetString(bytes, 0, length) : throw new IOException();
    }

    private static TlsPartException Unreadable(TlsPart part, Exception cause) => new(
        part,
        cause switch
        {
            UnauthorizedAccessException => "is a file that may not be read, or a folder",
            FileNotFoundException or DirectoryNotFoundException or PathTooLongException or ArgumentException => "is neither PEM text nor a file that is there",
            NotSupportedException => "is no regular file, and would have to be read again and again",
            _ => "is a file that cannot be read, or has more than 1 MB",
        },
        cause);
}
