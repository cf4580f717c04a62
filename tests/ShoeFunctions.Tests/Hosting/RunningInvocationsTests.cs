using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Setup;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Functions;
using ShoeFunctions.Hosting;
using ShoeFunctions.Tests.Adapters;

namespace ShoeFunctions.Tests.Hosting;

public sealed class RunningInvocationsTests : IDisposable
{
    private const string Secret = "hush-4711";

    private readonly CollectingLog _log = new();
    private readonly ServiceProvider _services;
    private readonly RunningInvocations _invocations = new();

    public RunningInvocationsTests() => _services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log)).BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task An_error_that_nobody_expected_has_its_types_and_trace_in_the_log_once_and_its_messages_nowhere()
    {
        for (var run = 0; run < 3; run++)
        {
            var failed = await FailAsync(() => Unlucky());
            Assert.Equal("It failed with an unexpected error (System.InvalidTimeZoneException): please report it, with its trace in the log.", failed.Message);
            Assert.Null(failed.StackTrace);
        }

        var line = Assert.Single(_log.Lines);
        Assert.Equal((903, LogLevel.Error), (line.Event, line.Level));
        Assert.Contains($"{typeof(InvalidTimeZoneException)}\n   at {typeof(RunningInvocationsTests)}.{nameof(Unlucky)}(", line.Text, StringComparison.Ordinal);
        Assert.Contains($"{typeof(FormatException)}\n   at {typeof(RunningInvocationsTests)}.{nameof(Inner)}(", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line.Text, StringComparison.Ordinal);

        await FailAsync(() => Inner());
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public async Task An_error_that_nobody_expected_in_a_tick_has_its_trace_in_the_log_too()
    {
        using var app = new TestApp();
        app.Sender.Produced = () => Inner();
        var timer = app.Function<ProduceShoes>();
        var failed = await FailAsync(() => timer.RunAsync(new TimerInfo(), TestContext.Current.CancellationToken));
        Assert.StartsWith("Tick 2026-11-23T14:00:00Z: 0 of 10 shoes delivered. Kafka produce, Unknown (FormatException): ", failed.Message, StringComparison.Ordinal);
        var line = Assert.Single(_log.Lines);
        Assert.Contains($"{typeof(FormatException)}\n   at {typeof(RunningInvocationsTests)}.{nameof(Inner)}(", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_expected_is_its_sentence_and_nothing_in_the_log()
    {
        var failure = new Failure(FailureSource.Kafka, "produce", FailureKind.Network, "Local_Transport", true, "Look, and wait.");
        foreach (var expected in (Exception[])[
            new FailureException(failure, new IOException(Secret)), new FailureException(failure with { Kind = FailureKind.Unknown }), new OperationCanceledException("Look, and wait.")])
        {
            Assert.Equal("Look, and wait.", (await FailAsync(() => throw expected)).Message);
        }

        using var app = new TestApp(("BATCH_SIZE", "many"));
        var wrong = Assert.Throws<SettingsException>(() => app.Services.GetRequiredService<ShoeSettings>());
        Assert.Equal(wrong.Message, (await FailAsync(() => throw wrong)).Message);
        Assert.StartsWith("Nothing is run before ", (await FailAsync(() => throw new HeldBackException(DateTimeOffset.UnixEpoch))).Message, StringComparison.Ordinal);
        Assert.Empty(_log.Lines);
    }

    private static Task Inner() => throw new FormatException(Secret);

    private static async Task Unlucky()
    {
        try
        {
            await Inner();
        }
        catch (FormatException inner)
        {
            throw new InvalidTimeZoneException(Secret, inner);
        }
    }

    private Task<FailedInvocationException> FailAsync(Func<Task> run) =>
        Assert.ThrowsAsync<FailedInvocationException>(() => _invocations.Invoke(new InvocationDouble(_services), _ => run()));
}
