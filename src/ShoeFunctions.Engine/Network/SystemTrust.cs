using System.Security.Cryptography.X509Certificates;

namespace ShoeFunctions.Engine.Network;

/// <summary>The trusted authorities where SSL_CERT_FILE or SSL_CERT_DIR names them: .NET heeds these, the C library does not.</summary>
internal static class SystemTrust
{
    /// <summary>What .NET trusts, as PEM, or null where the C library finds the same by itself.</summary>
    public static string? Pem { get; } = IsNamed("SSL_CERT_FILE") || IsNamed("SSL_CERT_DIR") ? Read() : null;

    private static bool IsNamed(string variable) => !OperatingSystem.IsWindows() && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    private static string? Read()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        var certificates = store.Certificates;
        try
        {
            return certificates.Count > 0 ? certificates.ExportCertificatePems() : null;
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }
}
