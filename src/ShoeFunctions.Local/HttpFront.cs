using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Dashboard;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Progress;

namespace ShoeFunctions.Local;

/// <summary>The engine's answers over HTTP, under the paths that they have in Azure.</summary>
internal static class HttpFront
{
    public static void MapShoes(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/health/live", context => context.Response.WriteAsJsonAsync(LiveAnswer.Live, ShoeJson.Default.LiveAnswer));
        api.MapGet("/health", async context =>
        {
            var answer = await context.RequestServices.GetRequiredService<HealthProbe>().AnswerAsync(context.RequestAborted);
            context.Response.StatusCode = answer.HttpStatus;
            await context.Response.WriteAsJsonAsync(answer, ShoeJson.Default.HealthAnswer);
        });
        api.MapGet("/stats", async context =>
        {
            try
            {
                await context.Response.WriteAsJsonAsync(
                    await context.RequestServices.GetRequiredService<Stats>().AnswerAsync(context.RequestAborted), ShoeJson.Default.StatsAnswer);
            }
            catch (FailureException unknown)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                await context.Response.WriteAsJsonAsync(unknown.Failure, ShoeJson.Default.Failure);
            }
        });
        api.MapGet("/dashboard", async context =>
        {
            foreach (var (name, value) in DashboardPage.Headers)
                context.Response.Headers[name] = value;
            await context.Response.BodyWriter.WriteAsync(DashboardPage.Html, context.RequestAborted);
        });
    }
}
