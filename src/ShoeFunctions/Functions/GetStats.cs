using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Statistics;

namespace ShoeFunctions.Functions;

/// <summary>What was produced, whichever instance produced it.</summary>
public sealed class GetStats(SharedStats stats)
{
    /// <summary>Answers <c>/api/stats</c>.</summary>
    [Function(nameof(GetStats))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "stats")] HttpRequestData request, CancellationToken cancellation)
    {
        try
        {
            return await request.AnswerAsync(HttpStatusCode.OK, await stats.AnswerAsync(cancellation), ShoeJson.Default.StatsAnswer);
        }
        catch (SettingsException wrong)
        {
            return await request.AnswerAsync(HttpStatusCode.ServiceUnavailable, wrong.ToFailure(), ShoeJson.Default.Failure);
        }
        catch (FailureException unknown)
        {
            return await request.AnswerAsync(HttpStatusCode.ServiceUnavailable, unknown.Failure, ShoeJson.Default.Failure);
        }
    }
}
