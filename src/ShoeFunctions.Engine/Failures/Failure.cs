namespace ShoeFunctions.Engine.Failures;

/// <summary>Something that went wrong, in terms that a user can act on. It holds no secret and no exception's text.</summary>
/// <param name="Source">Where it was met.</param>
/// <param name="Operation">What was being done, for example "register schema".</param>
/// <param name="Kind">What kind of failure it is.</param>
/// <param name="Code">The other side's own code, for example an HTTP status or librdkafka's error name.</param>
/// <param name="Recoverable">Whether the same may go well later without anybody's doing.</param>
/// <param name="Advice">What it means and what to do about it, in a sentence or two.</param>
public sealed record Failure(FailureSource Source, string Operation, FailureKind Kind, string Code, bool Recoverable, string Advice);
