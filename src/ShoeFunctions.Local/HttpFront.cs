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
    private static readonly string[] Reading = ["GET", "HEAD"];

    /// <summary>Refuses requests for names that are not this machine's own, nor among those given.</summary>
    public static void UseOwnNames(this IApplicationBuilder app, IReadOnlyCollection<string> given) => app.Use(async (context, next) =>
    {
        if (OwnNames.Have(context.Request.Host, given))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        await context.Response.WriteAsync("This is not asked for under that name. Use localhost or an address, or start it with --host and the name.\n");
    });

    public static void MapShoes(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", Reading, context =>
        {
            context.Response.Redirect("/api/dashboard");
            return Task.CompletedTask;
        });
        var api = routes.MapGroup("/api");
        api.MapMethods("/health/live", Reading, context => context.Response.WriteAsJsonAsync(LiveAnswer.Live, ShoeJson.Default.LiveAnswer));
        api.MapMethods("/health", Reading, async context =>
        {
            var answer = await context.RequestServices.GetRequiredService<HealthProbe>().AnswerAsync(context.RequestAborted);
            context.Response.StatusCode = answer.HttpStatus;
            await context.Response.WriteAsJsonAsync(answer, ShoeJson.Default.HealthAnswer);
        });
        api.MapMethods("/stats", Reading, async context =>
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
        api.MapMethods("/dashboard", Reading, async context =>
        {
            foreach (var (name, value) in DashboardPage.Headers)
                context.Response.Headers[name] = value;
            await context.Response.BodyWriter.WriteAsync(DashboardPage.Html, context.RequestAborted);
        });
    }
}
