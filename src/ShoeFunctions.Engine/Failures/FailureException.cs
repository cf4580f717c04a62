namespace ShoeFunctions.Engine.Failures;

/// <summary>Carries a <see cref="Failures.Failure"/>; its message is the failure's advice.</summary>
public sealed class FailureException(Failure failure, Exception? cause = null) : Exception(failure.Advice, cause)
{
    /// <summary>What went wrong.</summary>
    public Failure Failure { get; } = failure;
}
