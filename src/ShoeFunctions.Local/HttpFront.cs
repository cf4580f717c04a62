using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ShoeFunctions.Engine.Configuration;
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
        api.MapGet("/stats", async context => await context.Response.WriteAsJsonAsync(
            await context.RequestServices.GetRequiredService<Stats>().AnswerAsync(context.RequestAborted), ShoeJson.Default.StatsAnswer));
    }
}
