using Azure.Identity;
using Confluent.Kafka;
using ShoeFunctions.Engine.Credentials;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Local.Tests.Credentials;

namespace ShoeFunctions.Local.Tests.Faults;

/// <summary>The faults of logging in: each ends when somebody sets what the advice says.</summary>
internal static partial class FaultTable
{
    private const string Scope = "api://brokers/.default";

    private static readonly ApiKey User = new("hush-user", "hush-word");
    private static readonly (string, string)[] Words = [("KAFKA_API_KEY", User.Key), ("KAFKA_API_SECRET", User.Secret)];
    private static readonly (string, string)[] WrongWords = [("KAFKA_API_KEY", User.Key), ("KAFKA_API_SECRET", "hush-other")];
    private static readonly (string, string) Plaintext = ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT");

    public static IEnumerable<Fault> Logins =>
    [
        .. new[] { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512" }.Select(mechanism => Guarded(
            $"{mechanism}: wrong password", OfKafka(FailureKind.Authentication, ErrorCode.Local_Authentication, false), [mechanism],
            [Plaintext, ("KAFKA_SASL_MECHANISM", mechanism), .. WrongWords], Words)),
        Guarded("mechanism not offered", OfKafka(FailureKind.Authentication, ErrorCode.UnsupportedSaslMechanism, false), ["SCRAM-SHA-512"],
            [Plaintext, .. Words], [("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")]),
        Guarded("SASL wanted and not spoken", new(FailureSource.Kafka, FailureKind.Authentication, false, "sasl-required"), ["SCRAM-SHA-512"],
            [], [Plaintext, ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"), .. Words]),
        Guarded("token refused", OfKafka(FailureKind.Authentication, ErrorCode.Local_Authentication, false), ["OAUTHBEARER"],
            [Plaintext, ("OAUTH_SCOPE", Scope)], [("KAFKA_OAUTH_EXTENSIONS", "identityPoolId=pool-1")]),
        OfToken("no identity", "no-identity", FailureKind.Authentication, false, engine => engine.Identity.Fault = new CredentialUnavailableException("hush")),
        OfToken("no token", "no-token", FailureKind.Authentication, false, engine => engine.Identity.Fault = new AuthenticationFailedException("hush")),
        OfToken("scope that nobody knows", "wrong-scope", FailureKind.Authentication, false, engine =>
            engine.Identity.Fault = new AuthenticationFailedException("AADSTS500011: The resource principal named hush was not found.")),
        // The clock of the engine stands years before what the identity says.
        OfToken("token that has expired", "expired", FailureKind.Clock, false, engine => engine.Identity.Life = TimeSpan.FromDays(-3650)),
        Secured("private authority not named", new(FailureSource.Kafka, FailureKind.Tls, false, "tls-unknown-authority"), asks: false,
            _ => [("KAFKA_SECURITY_PROTOCOL", "SSL")], engine => [("KAFKA_SSL_CA", engine.Authority.File)]),
        Secured("client certificate missing", new(FailureSource.Kafka, FailureKind.Tls, false, "tls-closed"), asks: true,
            engine => [("KAFKA_SSL_CA", engine.Authority.File)],
            engine =>
            {
                var client = engine.Authority.Client();
                return [("KAFKA_SSL_CERTIFICATE", client.Certificate), ("KAFKA_SSL_KEY", client.Key)];
            }),
    ];

    private static Fault Guarded(string name, Verdict verdict, string[] mechanisms, (string, string)[] wrong, (string, string)[] right) => new(name, verdict)
    {
        Begin = engine => engine.GuardAsync(
            User,
            front =>
            {
                front.Mechanisms = mechanisms;
                front.AcceptsToken = (_, extensions) => extensions.TryGetValue("identityPoolId", out var pool) && pool == "pool-1";
            },
            wrong),
        End = engine => engine.CorrectAsync(right),
    };

    private static Fault OfToken(string name, string code, FailureKind kind, bool recoverable, Action<FaultyEngine> begin) =>
        new(name, new(FailureSource.Identity, kind, recoverable, code))
        {
            Begin = engine =>
            {
                begin(engine);
                return engine.GuardAsync(
                    User,
                    front =>
                    {
                        front.Mechanisms = ["OAUTHBEARER"];
                        front.AcceptsToken = (_, _) => true;
                    },
                    Plaintext, ("OAUTH_SCOPE", Scope));
            },
            End = Now(engine => (engine.Identity.Fault, engine.Identity.Life) = (null, TimeSpan.FromDays(3650))),
        };

    private static Fault Secured(
        string name, Verdict verdict, bool asks, Func<FaultyEngine, (string, string)[]> wrong, Func<FaultyEngine, (string, string)[]> right) => new(name, verdict)
        {
            Begin = engine => engine.GuardAsync(
                User,
                front =>
                {
                    front.Mechanisms = [];
                    front.Tls = new ServerTls(engine.Authority.Right(), asks ? engine.Authority.Certificate : null);
                },
                wrong(engine)),
            End = engine => engine.CorrectAsync(right(engine)),
        };
}
