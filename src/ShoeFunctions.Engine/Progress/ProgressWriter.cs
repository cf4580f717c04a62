using System.Security.Cryptography;

namespace ShoeFunctions.Engine.Progress;

/// <summary>How far one instance's writes have come.</summary>
/// <param name="Name">The instance's own name, made up when it started: <c>place/process</c>; earlier programs gave no place.</param>
/// <param name="Write">The number of its last write that is in the state.</param>
public sealed record ProgressWriter(string Name, long Write)
{
    private const char Separator = '/';

    /// <summary>The app or the machine that it runs in; null where an earlier program wrote.</summary>
    public string? Place => PlaceOf(Name);

    /// <summary>The place that a name says; null where it says none.</summary>
    internal static string? PlaceOf(string name) => name.LastIndexOf(Separator) is > 0 and var end ? name[..end] : null;

    /// <summary>A name for a process in a place; other programs there get other ones.</summary>
    internal static string NewName(string place) =>
        string.Concat(place.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')) + Separator + RandomNumberGenerator.GetHexString(8, lowercase: true);
}
