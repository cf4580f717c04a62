namespace ShoeFunctions.Engine.Credentials;

/// <summary>Opens the vault at an address.</summary>
public delegate IVault OpenVault(Uri uri);

/// <summary>Where secrets are kept.</summary>
public interface IVault
{
    /// <summary>The newest version of a secret, or null where there is none of that name.</summary>
    /// <exception cref="Failures.FailureException">The vault did not answer well.</exception>
    Task<string?> ReadAsync(string name, CancellationToken cancellation);
}
