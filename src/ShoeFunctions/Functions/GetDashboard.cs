using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using ShoeFunctions.Engine.Dashboard;

namespace ShoeFunctions.Functions;

/// <summary>The page to look at. Whoever opens it with a function key (<c>?code=…</c>) sees the statistics with the same key.</summary>
public static class GetDashboard
{
    /// <summary>Answers <c>/api/dashboard</c>.</summary>
    [Function(nameof(GetDashboard))]
    public static async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "dashboard")] HttpRequestData request, CancellationToken cancellation)
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        foreach (var (name, value) in DashboardPage.Headers)
            response.Headers.Add(name, value);
        if (request.WantsBody())
            await response.Body.WriteAsync(DashboardPage.Html, cancellation);
        return response;
    }
}
