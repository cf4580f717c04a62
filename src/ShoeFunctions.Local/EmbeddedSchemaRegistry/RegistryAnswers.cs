using Microsoft.AspNetCore.Http;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>Writes answers as a registry does, errors too.</summary>
internal static class RegistryAnswers
{
    private const string ContentType = "application/vnd.schemaregistry.v1+json";

    public static Task WriteRegistryJsonAsync<T>(this HttpResponse response, T answer) =>
        response.WriteAsJsonAsync(answer, RegistryJson.Of<T>(), ContentType);

    public static Task WriteRegistryTextAsync(this HttpResponse response, string text)
    {
        response.ContentType = ContentType;
        return response.WriteAsync(text);
    }

    /// <summary>Runs the rest of the pipeline, and turns what it throws or leaves unanswered into an error's answer.</summary>
    public static async Task WithErrorsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400 })
                await WriteAsync(context.Response, RegistryError.Http(context.Response.StatusCode));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody reads an answer.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context.Response, error switch
            {
                RegistryError known => known,
                BadHttpRequestException bad => RegistryError.Http(bad.StatusCode),
                _ => new RegistryError(500, 50001, $"Error in the embedded registry: {error.Message}"),
            });
        }
    }

    private static Task WriteAsync(HttpResponse response, RegistryError error)
    {
        response.StatusCode = error.Status;
        return response.WriteRegistryJsonAsync(new ErrorAnswer(error.Code, error.Message));
    }
}
