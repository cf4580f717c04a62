namespace ShoeFunctions.Engine.Failures;

/// <summary>Carries a <see cref="Failures.Failure"/>.</summary>
public sealed class FailureException : Exception
{
    /// <summary>A failure whose message is its advice.</summary>
    public FailureException(Failure failure, Exception? cause = null) : base(failure.Advice, cause) => Failure = failure;

    /// <summary>A failure with a message that says more.</summary>
    public FailureException(Failure failure, string message, Exception? cause = null) : base(message, cause) => Failure = failure;

    /// <summary>What went wrong.</summary>
    public Failure Failure { get; }
}
