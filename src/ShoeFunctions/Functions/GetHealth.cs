using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Health;

namespace ShoeFunctions.Functions;

/// <summary>How the app is.</summary>
public sealed class GetHealth(HealthProbe health)
{
    /// <summary>Answers <c>/api/health</c>.</summary>
    [Function(nameof(GetHealth))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "health")] HttpRequestData request, CancellationToken cancellation)
    {
        var answer = await health.AnswerAsync(cancellation);
        return await request.AnswerAsync((HttpStatusCode)answer.HttpStatus, answer, ShoeJson.Default.HealthAnswer);
    }

    /// <summary>Answers <c>/api/health/live</c>, to anybody.</summary>
    [Function("GetHealthLive")]
    public static Task<HttpResponseData> LiveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequestData request) =>
        request.AnswerAsync(HttpStatusCode.OK, LiveAnswer.Live, ShoeJson.Default.LiveAnswer);
}
