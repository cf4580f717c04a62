namespace ShoeFunctions.Hosting;

/// <summary>An invocation has failed. Where in the code is nothing to whoever reads the host's log, and in it three times.</summary>
internal sealed class FailedInvocationException(string message) : Exception(message)
{
    /// <inheritdoc/>
    public override string? StackTrace => null;

    /// <inheritdoc/>
    public override string ToString() => Message;
}
