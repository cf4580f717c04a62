using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Azure.Functions.Worker.Http;

namespace ShoeFunctions.Functions;

/// <summary>Answers in JSON.</summary>
internal static class JsonAnswer
{
    public static async Task<HttpResponseData> AnswerAsync<T>(this HttpRequestData request, HttpStatusCode status, T answer, JsonTypeInfo<T> json)
    {
        var response = request.CreateResponse(status);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        if (request.WantsBody())
            await JsonSerializer.SerializeAsync(response.Body, answer, json);
        return response;
    }

    /// <summary>HEAD is answered as GET, without the body.</summary>
    public static bool WantsBody(this HttpRequestData request) => !request.Method.Equals("HEAD", StringComparison.OrdinalIgnoreCase);
}
