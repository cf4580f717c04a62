using System.Globalization;

namespace ShoeFunctions.Hosting;

/// <summary>A run was not begun, because one that failed has just ended.</summary>
public sealed class HeldBackException(DateTimeOffset until) : Exception(
    string.Create(CultureInfo.InvariantCulture, $"Nothing is run before {until:yyyy-MM-dd'T'HH:mm:ss'Z'}, because the last run failed: what it could not deliver is made up for then."));
