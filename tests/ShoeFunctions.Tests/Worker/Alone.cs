namespace ShoeFunctions.Tests.Worker;

/// <summary>Tests whose subject is time: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
