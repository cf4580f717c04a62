using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using ShoeFunctions.Local.Hosting;
using ShoeFunctions.Local.Terminal;

namespace ShoeFunctions.Local.Tests.Hosting;

public sealed class StateHoldTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("state-");
    private readonly TestEngine _first = new();
    private readonly TestEngine _second = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Of_two_processes_with_two_names_of_one_cluster_one_stands_by_until_the_other_is_gone()
    {
        _first.Sender.ClusterId = _second.Sender.ClusterId = "lkc/1";
        using var second = Hold(_second, "other_9092");
        Task<bool> waiting;
        using (var first = Hold(_first, "localhost_9092"))
        {
            first.TryTake();
            Assert.False(await first.MayProduceAsync(Stop));
            second.TryTake();
            waiting = second.MayProduceAsync(Stop);
            await StandsByAsync(_second);
            _second.Time.Advance(ProgressHold.Interval * 3);
            Assert.False(await first.MayProduceAsync(Stop));
            Assert.False(waiting.IsCompleted);

            using var third = Hold(_second, "third_9092", standsBy: false);
            third.TryTake();
            var refused = await Assert.ThrowsAsync<CommandException>(() => third.MayProduceAsync(Stop));
            Assert.Equal(
                ($"--state: another process produces topic js_shoe with the progress in {_folder.FullName}: stop it first, or use another folder.", ExitCode.Failed),
                (refused.Message, refused.ExitCode));
        }

        Assert.True(await Wait.PassingAsync(() => _second.Time.Advance(ProgressHold.Interval), waiting));
        Assert.False(await second.MayProduceAsync(Stop));
    }

    [Fact]
    public async Task Brokers_that_tell_their_cluster_late_are_asked_again_before_every_run()
    {
        _first.Sender.ClusterId = "one";
        using StateHold first = Hold(_first, "localhost_9092"), second = Hold(_second, "other_9092");
        first.TryTake();
        second.TryTake();
        Assert.Equal((false, false), (await first.MayProduceAsync(Stop), await second.MayProduceAsync(Stop)));
        _second.Sender.ClusterId = "one";
        var waiting = second.MayProduceAsync(Stop);
        await StandsByAsync(_second);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Brokers_that_become_another_cluster_leave_the_one_before_to_others()
    {
        _first.Sender.ClusterId = "one";
        _second.Sender.ClusterId = "one";
        using StateHold first = Hold(_first, "localhost_9092"), second = Hold(_second, "other_9092", standsBy: false);
        first.TryTake();
        second.TryTake();
        await first.MayProduceAsync(Stop);
        await Assert.ThrowsAsync<CommandException>(() => second.MayProduceAsync(Stop));
        _first.Sender.ClusterId = "two";
        Assert.False(await first.MayProduceAsync(Stop));
        Assert.False(await second.MayProduceAsync(Stop));
    }

    [Fact]
    public async Task The_same_names_are_taken_whatever_the_brokers_tell()
    {
        using StateHold first = Hold(_first, "localhost_9092"), second = Hold(_second, "localhost_9092"), third = Hold(_second, "localhost_9092", standsBy: false);
        first.TryTake();
        second.TryTake();
        Assert.Throws<CommandException>(third.TryTake);
        var waiting = second.MayProduceAsync(Stop);
        await StandsByAsync(_second);
        Assert.False(waiting.IsCompleted);
    }

    private StateHold Hold(TestEngine engine, string cluster, bool standsBy = true) =>
        new(_folder.FullName, cluster, "js_shoe", standsBy, engine.Connections, engine.Time, engine.LoggerOf<ProgressHold>());

    private static Task StandsByAsync(TestEngine engine) => Wait.UntilAsync(() => engine.Log.Lines.Any(line => line.Event == 604));
}
