namespace ShoeFunctions.Engine.Configuration;

/// <summary>Something that is wrong with the settings.</summary>
/// <param name="Text">In words, with the value that was found, for whoever has set it.</param>
/// <param name="WithoutValue">
/// The same without the value, for whoever asks over HTTP: it may be an address, or have a password in it.
/// </param>
internal sealed record SettingFault(string Text, string WithoutValue);
