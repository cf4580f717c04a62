namespace ShoeFunctions.Benchmarks.Pipeline;

/// <summary>A way to get a batch of shoes acknowledged.</summary>
internal interface IWay : IDisposable
{
    /// <summary>Produces so many shoes and returns when the last of them is acknowledged.</summary>
    Task ProduceAsync(int shoes);
}
