using System.Net;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Statistics;

namespace ShoeFunctions.Functions;

/// <summary>The statistics for Prometheus, whichever instance produced.</summary>
public sealed class GetMetrics(SharedStats stats)
{
    /// <summary>Answers <c>/api/metrics</c>.</summary>
    [Function(nameof(GetMetrics))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "metrics")] HttpRequestData request, CancellationToken cancellation)
    {
        try
        {
            var text = OpenMetrics.Write(await stats.AnswerAsync(cancellation));
            var response = request.CreateResponse(HttpStatusCode.OK);
            response.Headers.Add("Content-Type", OpenMetrics.ContentType);
            response.Headers.Add("Cache-Control", "no-store");
            if (request.WantsBody())
                await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            return response;
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
