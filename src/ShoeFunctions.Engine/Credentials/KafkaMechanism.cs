namespace ShoeFunctions.Engine.Credentials;

/// <summary>How we say to the brokers who we are.</summary>
public enum KafkaMechanism
{
    /// <summary>Not at all, or by a client certificate alone.</summary>
    None,

    /// <summary>SASL PLAIN.</summary>
    Plain,

    /// <summary>SASL SCRAM-SHA-256.</summary>
    ScramSha256,

    /// <summary>SASL SCRAM-SHA-512.</summary>
    ScramSha512,

    /// <summary>SASL OAUTHBEARER, with a token of the program's identity.</summary>
    OAuthBearer,
}

/// <summary>Their names.</summary>
internal static class KafkaMechanisms
{
    /// <summary>The name that SASL and the settings have for it.</summary>
    public static string Name(this KafkaMechanism mechanism) => mechanism switch
    {
        KafkaMechanism.Plain => "PLAIN",
        KafkaMechanism.ScramSha256 => "SCRAM-SHA-256",
        KafkaMechanism.ScramSha512 => "SCRAM-SHA-512",
        KafkaMechanism.OAuthBearer => "OAUTHBEARER",
        _ => "none",
    };
}
