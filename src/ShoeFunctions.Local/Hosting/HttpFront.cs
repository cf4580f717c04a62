using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine;
using ShoeFunctions.Engine.Dashboard;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Health;
using ShoeFunctions.Engine.Statistics;
using ShoeFunctions.Local.Machine;

namespace ShoeFunctions.Local.Hosting;

/// <summary>The engine's answers over HTTP, under the paths that they have in Azure.</summary>
internal static class HttpFront
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Refuses requests for names that are not this machine's own, nor among those given.</summary>
    public static void UseOwnNames(this IApplicationBuilder app, IReadOnlyCollection<string> given) => app.Use(async (context, next) =>
    {
        if (OwnNames.Have(context.Request.Host, given))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        await context.Response.WriteAsync("This server does not answer to that name. Use localhost or an IP address, or start shoes with --host and the name.\n");
    });

    public static void MapShoes(this IEndpointRouteBuilder routes, IServiceProvider engine)
    {
        routes.MapMethods("/", Methods, context =>
        {
            context.Response.Redirect("/api/dashboard");
            return Task.CompletedTask;
        });
        var api = routes.MapGroup("/api");
        api.MapMethods("/health/live", Methods, context => context.AnswerAsync(StatusCodes.Status200OK, LiveAnswer.Live, ShoeJson.Default.LiveAnswer));
        api.MapMethods("/health", Methods, async context =>
        {
            var answer = await engine.GetRequiredService<HealthProbe>().AnswerAsync(context.RequestAborted);
            await context.AnswerAsync(answer.HttpStatus, answer, ShoeJson.Default.HealthAnswer);
        });
        api.MapStats("/stats", engine, (context, answer) => context.AnswerAsync(StatusCodes.Status200OK, answer, ShoeJson.Default.StatsAnswer));
        api.MapStats("/metrics", engine, (context, answer) =>
        {
            context.Response.ContentType = OpenMetrics.ContentType;
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsync(OpenMetrics.Write(answer), context.RequestAborted);
        });
        api.MapMethods("/dashboard", Methods, async context =>
        {
            foreach (var (name, value) in DashboardPage.Headers)
                context.Response.Headers[name] = value;
            await context.Response.BodyWriter.WriteAsync(DashboardPage.Html, context.RequestAborted);
        });
    }

    private static void MapStats(this IEndpointRouteBuilder api, string path, IServiceProvider engine, Func<HttpContext, StatsAnswer, Task> write) => api.MapMethods(path, Methods, async context =>
    {
        try
        {
            await write(context, await engine.GetRequiredService<SharedStats>().AnswerAsync(context.RequestAborted));
        }
        catch (FailureException unknown)
        {
            await context.AnswerAsync(StatusCodes.Status503ServiceUnavailable, unknown.Failure, ShoeJson.Default.Failure);
        }
    });

    /// <summary>Answers in JSON; to HEAD the server leaves out the body.</summary>
    private static Task AnswerAsync<T>(this HttpContext context, int status, T answer, JsonTypeInfo<T> json)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, json);
    }
}
