using System.Security.Cryptography;
using System.Text;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>
/// What progress is found under beside its topic: the bootstrap servers, so that an instance that only serves HTTP finds
/// it without asking the brokers. It lies there until somebody delivered, and is that of the brokers' own cluster from
/// then on: the servers' name leads to it.
/// </summary>
public static class ClusterName
{
    /// <summary>A cluster that lives in this process has other ports every time, and is always the same to its user.</summary>
    public const string Embedded = "embedded";

    private const string OwnId = "cluster~";
    private const int Longest = 180;
    private const int HashLength = 16;

    /// <summary>What the progress of a cluster is kept under that has told its id.</summary>
    public static string OfId(string clusterId) => OwnId + string.Concat(clusterId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));

    /// <summary>
    /// The servers in lower case and in order, each once, as <c>host_port~host_port</c>: so it is a key of a table and a
    /// folder anywhere. What is too long is cut and told apart by a hash.
    /// </summary>
    public static string Of(string bootstrapServers)
    {
        var servers = bootstrapServers.Split(',').Select(server => server.Trim().ToLowerInvariant().Replace(':', '_'));
        var name = string.Join('~', servers.Distinct().Order(StringComparer.Ordinal));
        return name.Length <= Longest ? name : $"{name[..Longest]}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength]}";
    }
}
