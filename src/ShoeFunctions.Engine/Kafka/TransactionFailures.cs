using Confluent.Kafka;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Kafka;

/// <summary>What can go wrong with transactions beside what the brokers answer.</summary>
public static class TransactionFailures
{
    /// <summary>What is done where a session begins.</summary>
    internal const string Begin = "begin transactions";

    /// <summary>Whether another sender with the same transactional id has fenced this one off.</summary>
    public static bool IsFenced(Failure failure) => Enum.TryParse<ErrorCode>(failure.Code, out var code) && IsFenced(code);

    /// <summary>The same of a code of the client's.</summary>
    internal static bool IsFenced(ErrorCode code) =>
        code is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.TransactionCoordinatorFenced;

    /// <summary>A commit got no answer.</summary>
    public static Failure Unknown { get; } = new(FailureSource.Kafka, "commit", FailureKind.Timeout, "commit-unknown", true,
        "The brokers did not say in time whether the tick was committed: the next run asks them, and produces it again only if it was not.");
}
