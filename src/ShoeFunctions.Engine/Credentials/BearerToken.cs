using System.Buffers.Text;
using System.Text.Json;

namespace ShoeFunctions.Engine.Credentials;

/// <summary>A token of the program's identity. It is never shown.</summary>
public sealed class BearerToken
{
    /// <param name="text">The token.</param>
    /// <param name="expires">When it is no longer accepted.</param>
    /// <param name="refreshAt">When another one is to be asked for.</param>
    internal BearerToken(string text, DateTimeOffset expires, DateTimeOffset refreshAt)
    {
        (Text, Expires, RefreshAt) = (text, expires, refreshAt);
        var claims = Claims(text);
        // What the token itself says holds for whoever checks it.
        if (Time(claims, "exp") is { } told && told < expires)
            Expires = told;
        ValidFrom = Time(claims, "nbf") ?? Time(claims, "iat");
        Identity = Words(claims, "upn", "preferred_username", "unique_name") ?? Words(claims, "azp", "appid") ?? Words(claims, "oid", "sub");
    }

    /// <summary>The token itself.</summary>
    public string Text { get; }

    /// <summary>When it is no longer accepted.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>When another one is to be asked for.</summary>
    public DateTimeOffset RefreshAt { get; }

    /// <summary>Since when it is accepted; null where it does not say.</summary>
    public DateTimeOffset? ValidFrom { get; }

    /// <summary>Whose it is: a user's name or an application's id; null where it does not say.</summary>
    public string? Identity { get; }

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";

    /// <summary>What a JSON Web Token says of itself; what is none says nothing.</summary>
    /// <remarks>Source: RFC 7519. The signature is for whoever it is sent to.</remarks>
    private static JsonElement? Claims(string token)
    {
        try
        {
            return token.Split('.') is [_, var payload, _] && JsonDocument.Parse(Base64Url.DecodeFromChars(payload)).RootElement is { ValueKind: JsonValueKind.Object } claims ? claims : null;
        }
        catch (Exception opaque) when (opaque is FormatException or JsonException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Time(JsonElement? claims, string name) =>
        claims is { } all && all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
        && seconds is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static string? Words(JsonElement? claims, params string[] names) =>
        claims is { } all
            ? names.Select(name => all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null).FirstOrDefault(text => !string.IsNullOrEmpty(text))
            : null;
}
