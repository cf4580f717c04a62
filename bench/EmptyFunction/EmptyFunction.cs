using Microsoft.Azure.Functions.Worker;

namespace EmptyFunction;

/// <summary>What a worker costs whose one function does nothing.</summary>
public static class EmptyFunction
{
    /// <summary>Does nothing.</summary>
    [Function("ProduceShoes")]
    public static void Run([TimerTrigger("%PRODUCE_SCHEDULE%")] TimerInfo timer) => _ = timer;
}
