using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace ShoeFunctions.Engine.Configuration;

/// <summary>Reads settings one by one and keeps every fault, so that all can be told at once.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<SettingFault> _faults = [];

    /// <summary>Tries to read a value from its text.</summary>
    public delegate bool TryParse<T>(string text, out T value);

    /// <summary>What is wrong, a sentence a fault.</summary>
    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Whether a setting has a value of its own. An empty one counts as none, as environment files often have it.</summary>
    public bool IsSet(Setting setting) => Text(setting) is not null;

    /// <summary>The setting's own text, or null.</summary>
    public string? Text(Setting setting) => configuration[setting.Name] is { Length: > 0 } text ? text : null;

    /// <summary>The setting's value, or its default's; a fault, and the fallback, where it has neither.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="parse">Reads its text.</param>
    /// <param name="fallback">What to go on with after a fault.</param>
    /// <param name="whyNot">What exactly is wrong with a text that cannot be read, or null where there is no more to say.</param>
    /// <param name="more">The same as a sentence of its own, without the value.</param>
    public T Read<T>(Setting setting, TryParse<T> parse, T fallback, Func<string, string?>? whyNot = null, Func<string, string>? more = null)
    {
        if ((Text(setting) ?? setting.Default) is not { } text)
            Fault(setting, "it is not set");
        else if (SecretText.IsUnresolved(text))
            Fault(setting, SecretText.Fault(text)!);
        else if (parse(text, out var value))
            return value;
        else
            Refuse(setting, text, whyNot?.Invoke(text), more: more?.Invoke(text));
        return fallback;
    }

    /// <summary>Takes a text as it is where it is of a form.</summary>
    public static TryParse<string> Matches(Regex pattern) => (string text, out string value) =>
    {
        value = text;
        return pattern.IsMatch(text);
    };

    /// <summary>A secret, or null where none is set; a fault where it is plainly none.</summary>
    public string? ReadSecret(Setting setting)
    {
        var text = Text(setting);
        if (text is not null && SecretText.Fault(text) is { } fault)
            Fault(setting, fault);
        return text;
    }

    /// <summary>A whole number in a range.</summary>
    public int ReadInt(Setting setting, int min, int max) => Read(
        setting,
        (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max,
        min);

    /// <summary>One of several words, in any case.</summary>
    public T ReadWord<T>(Setting setting, params (string Word, T Value)[] words) => Read(
        setting,
        (string text, out T value) =>
        {
            foreach (var (word, meaning) in words)
            {
                value = meaning;
                if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
                    return true;
            }

            value = words[0].Value;
            return false;
        },
        words[0].Value);

    /// <summary>A duration in a range, both ends included.</summary>
    public TimeSpan ReadDuration(Setting setting, TimeSpan min, TimeSpan max) => Read(
        setting,
        (string text, out TimeSpan value) =>
        {
            var isDuration = GoDuration.TryParse(text, out var nanoseconds);
            value = TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
            return isDuration && value >= min && value <= max;
        },
        min);

    /// <summary>The address of a server that speaks HTTP, and nothing but that.</summary>
    public Uri ReadUrl(Setting setting, Uri fallback, bool isHttps = false) =>
        Read(setting, (string text, out Uri url) => IsUrl(text, isHttps, out url), fallback, WhyNoAddress);

    /// <summary>Several of them, separated by commas.</summary>
    public Uri[] ReadUrls(Setting setting, Uri fallback) => Read<Uri[]>(
        setting,
        (string text, out Uri[] urls) =>
        {
            urls = [.. Parts(text).Select(part => IsUrl(part, isHttps: false, out var url) ? url : null).OfType<Uri>()];
            return urls.Length == Parts(text).Length;
        },
        [fallback],
        text => Parts(text).Select(WhyNoAddress).FirstOrDefault(why => why is not null));

    /// <summary>Settings that do not go together.</summary>
    public void Contradiction(string sentence) => _faults.Add(new SettingFault(sentence, sentence));

    /// <summary>A setting that holds what is not accepted.</summary>
    public void Refuse(Setting setting, string text, string? why = null, string? accepted = null, string? more = null)
    {
        string Sentence(string found) =>
            $"{setting.Name}: {found}; accepted is {accepted ?? setting.Accepted}, for example {setting.Example}.{(more is null ? "" : " " + more)}";
        _faults.Add(new SettingFault(
            Sentence($"'{setting.Display(text)}'{(why is null ? "" : " " + why)}"),
            Sentence($"what it holds {why ?? "is not accepted"}")));
    }

    /// <summary>A setting that holds nothing, or something that cannot be shown.</summary>
    public void Fault(Setting setting, string found) =>
        Contradiction($"{setting.Name}: {found}; accepted is {setting.Accepted}, for example {setting.Example}.");

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static bool IsUrl(string text, bool isHttps, out Uri url) => Uri.TryCreate(text, UriKind.Absolute, out url!)
        && url.Host.Length > 0 && (url.Scheme == "https" || (url.Scheme == "http" && !isHttps)) && WhyNoAddress(text) is null;

    /// <summary>What a URL has besides an address, or null. Each of these would be shown wherever the address is.</summary>
    private static string? WhyNoAddress(string text)
    {
        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var url);
        if (isUrl ? url!.UserInfo.Length > 0 : text.Contains('@'))
            return "has credentials in it, which do not belong in the URL";
        if (isUrl && text.Contains('?'))
            return "has a query, which does not belong to the address";
        return isUrl && text.Contains('#') ? "has a fragment, which does not belong to the address" : null;
    }
}
