namespace ShoeFunctions.Engine.Failures;

/// <summary>There was no more time to wait for something that failed again and again, or did not answer.</summary>
public sealed class StillFailingException(Failure failure, OperationCanceledException cut) : OperationCanceledException(failure.Advice, cut, cut.CancellationToken)
{
    /// <summary>What was the matter until then.</summary>
    public Failure Failure { get; } = failure;
}
