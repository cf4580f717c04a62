namespace ShoeFunctions.Engine.Configuration;

/// <summary>One setting, as a user sees it.</summary>
/// <param name="Name">Its name in the environment.</param>
/// <param name="Default">What holds where it is not set; null where there is no default.</param>
/// <param name="Accepted">What values are accepted, in words.</param>
/// <param name="Example">A value that is accepted.</param>
/// <param name="IsSecret">Whether its value must never be shown.</param>
public sealed record Setting(string Name, string? Default, string Accepted, string Example, bool IsSecret = false);
