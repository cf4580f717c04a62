using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Failures;
using ShoeFunctions.Engine.Kafka;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Tests.Processes;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Progress.Stores;

public sealed class FileProgressStoreTests : EarlierProgressFacts, IDisposable
{
    private const string FolderVariable = "SHOES_WRITE_UNTIL_KILLED";

    /// <summary>Of writers that go on without a pause one may be beaten by the others until they are through, however slow the disk is.</summary>
    private static readonly StandingTime Patient = new();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shoes-");

    private string StateFolder => Path.Combine(_folder.FullName, "made", "on", "demand");

    private string StateFile => Path.Combine(StateFolder, "localhost_9092", "js_shoe.json");

    public void Dispose() => _folder.Delete(recursive: true);

    protected override IProgressStore Open() => Open("js_shoe");

    protected override IProgressStore OpenAs(string cluster, EarlierProgress? earlier = null) =>
        new FileProgressStore(StateFolder, cluster, "js_shoe", Patient, earlier);

    protected override async Task KeepAsEarlierAsync(ProgressState state)
    {
        Directory.CreateDirectory(StateFolder);
        await File.WriteAllTextAsync(Path.Combine(StateFolder, "js_shoe.json"), ProgressText.Write(state), Stop);
    }

    [Fact]
    public async Task What_was_written_without_a_cluster_goes_once_to_the_first_that_writes()
    {
        var folder = Directory.CreateTempSubdirectory("state-");
        try
        {
            FileProgressStore Of(string cluster) => new(folder.FullName, cluster, "js_shoe", Patient);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "js_shoe.json"), ProgressText.Write(ProgressState.Empty.BeginningAt(First).With(Report(0))), Stop);
            Assert.Equal((10, 10), ((await Of("a_9092").ReadAsync(Stop)).Delivered, (await Of("b_9092").ReadAsync(Stop)).Delivered));
            Assert.Equal(20, (await Of("a_9092").UpdateAsync(state => state.With(Report(1)), Stop)).Delivered);
            AssertSame(ProgressState.Empty, await Of("b_9092").ReadAsync(Stop));
            await Of("b_9092").UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
            Assert.Equal((20, 10), ((await Of("a_9092").ReadAsync(Stop)).Delivered, (await Of("b_9092").ReadAsync(Stop)).Delivered));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task One_cluster_under_two_names_has_one_state()
    {
        var (one, other) = (Open(), new FileProgressStore(StateFolder, "other_9092", "js_shoe", TimeProvider.System));
        await one.UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        Assert.Equal(ClusterMove.TakenOver, await one.UseClusterAsync("lkc/1", Stop));
        await other.UpdateAsync(state => state.BeginningAt(First).With(Report(3)), Stop);
        Assert.Equal(ClusterMove.Found, await other.UseClusterAsync("lkc/1", Stop));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(StateFolder, "other_9092"), "*.json"));
        await one.UpdateAsync(state => state.With(Report(1)), Stop);
        await other.UpdateAsync(state => state.With(Report(2)), Stop);
        Assert.Equal((30, 30, 30), ((await one.ReadAsync(Stop)).Delivered, (await other.ReadAsync(Stop)).Delivered, (await Open().ReadAsync(Stop)).Delivered));
    }

    [Fact]
    public async Task Who_waits_while_the_progress_is_moved_writes_where_it_is_then()
    {
        await Open().UpdateAsync(state => state.BeginningAt(First).With(Report(0)), Stop);
        Task<ProgressState> update;
        using (new FileStream(Path.ChangeExtension(StateFile, ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            update = Open().UpdateAsync(state => state.With(Report(1)), Stop);
            Assert.False(update.IsCompleted);
            var moved = Path.Combine(StateFolder, ClusterName.OfId("one"), "js_shoe.json");
            Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
            await File.WriteAllTextAsync(Path.ChangeExtension(StateFile, ".cluster"), "one", Stop);
            File.Move(StateFile, moved);
        }

        Assert.Equal(20, (await update).Delivered);
        Assert.False(File.Exists(StateFile));
        Assert.Equal(20, (await Open().ReadAsync(Stop)).Delivered);
    }

    [Fact]
    public async Task Who_died_between_the_two_steps_of_a_takeover_left_nothing_that_is_lost()
    {
        var before = await Open().UpdateAsync(_ => Full(2), Stop);
        await File.WriteAllTextAsync(Path.ChangeExtension(StateFile, ".cluster"), "one", Stop);
        AssertSame(before, await Open().ReadAsync(Stop));
        var store = Open();
        Assert.Equal(ClusterMove.TakenOver, await store.UseClusterAsync("one", Stop));
        AssertSame(before, await store.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_cluster_in_this_process_is_always_the_same_whatever_id_it_has()
    {
        var store = new FileProgressStore(StateFolder, ClusterName.Embedded, "js_shoe", Patient);
        await store.UpdateAsync(_ => Full(2), Stop);
        Assert.Equal((ClusterMove.None, ClusterMove.None), (await store.UseClusterAsync("one", Stop), await store.UseClusterAsync("other", Stop)));
        AssertSame(Full(2), await store.ReadAsync(Stop));
    }

    [Theory]
    [InlineData("localhost:9092", "localhost_9092")]
    [InlineData(" B.example.com:9092,a.example.com:9092, b.example.com:9092", "a.example.com_9092~b.example.com_9092")]
    public void A_cluster_has_one_name_however_its_servers_are_written(string servers, string name) => Assert.Equal(name, ClusterName.Of(servers));

    [Fact]
    public void Many_servers_make_no_name_that_is_too_long_and_none_that_two_clusters_share()
    {
        var servers = string.Join(',', Enumerable.Range(10, 50).Select(broker => $"broker-{broker}.example.com:9092"));
        Assert.InRange(ClusterName.Of(servers).Length, 1, 200);
        Assert.NotEqual(ClusterName.Of(servers), ClusterName.Of(servers + "3"));
    }

    [Fact]
    public async Task Topics_do_not_mix()
    {
        await Open().UpdateAsync(state => state.With(Report(0)), Stop);
        AssertSame(ProgressState.Empty, await Open("js_shoe.2").ReadAsync(Stop));
        await Open("js_shoe.2").UpdateAsync(state => state.With(Report(1)), Stop);
        AssertSame(ProgressState.Empty.With(Report(0)), await Open().ReadAsync(Stop));
    }

    [Fact]
    public async Task A_process_that_died_at_any_byte_of_a_write_leaves_the_state_before()
    {
        var before = await Open().UpdateAsync(_ => Full(3), Stop);
        var next = before.With(Report(3));
        var bytes = Encoding.UTF8.GetBytes(ProgressText.Write(next));
        for (var length = 0; length <= bytes.Length; length++)
        {
            await File.WriteAllBytesAsync(Path.ChangeExtension(StateFile, ".new"), bytes[..length], Stop);
            AssertSame(before, await Open().ReadAsync(Stop));
        }

        AssertSame(next, await Open().UpdateAsync(state => state.With(Report(3)), Stop));
        AssertSame(next, await Open().ReadAsync(Stop));
        Assert.False(File.Exists(Path.ChangeExtension(StateFile, ".new")));
    }

    [Fact]
    public async Task A_reader_finds_a_whole_state_at_every_moment()
    {
        await Open().UpdateAsync(_ => Full(100), Stop);
        using var written = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reads = Task.Run(async () =>
        {
            var (store, count, last) = (Open(), 0, 0L);
            for (; !written.IsCancellationRequested; count++)
            {
                var state = await store.ReadAsync(Stop);
                Assert.Equal(state.Ticks * 1000, state.Delivered);
                Assert.InRange(state.Ticks, last, long.MaxValue);
                last = state.Ticks;
            }

            return count;
        });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            var store = Open();
            for (var tick = 100; tick < 200; tick++)
                await store.UpdateAsync(state => state.With(Report(tick, shoes: 1000, startedAfterMs: writer)), Stop);
        })));
        await written.CancelAsync();
        Assert.InRange(await reads, 1, int.MaxValue);
        Assert.Equal(300, (await Open().ReadAsync(Stop)).Ticks);
    }

    [Fact]
    public async Task Processes_that_are_killed_leave_a_whole_state_and_no_lock()
    {
        long ticks = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            using var writer = Child.Start(new ProcessStartInfo("dotnet", [typeof(FileProgressStoreTests).Assembly.Location, "--filter-method", $"*.{nameof(Write_until_killed)}"])
            {
                // What a killed one leaves among the temporary files goes with the folder.
                Environment = { [FolderVariable] = StateFolder, ["TMPDIR"] = _folder.FullName, ["TMP"] = _folder.FullName },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            var output = writer.StandardOutput.ReadToEndAsync(Stop);
            long seen;
            while ((seen = (await Open().ReadAsync(Stop)).Ticks) < ticks + 20 * (kill + 1) && !writer.HasExited)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
            writer.Kill();
            await writer.WaitForExitAsync(Stop);
            Assert.True(writer.ExitCode != 0, await output);

            var left = await Open().ReadAsync(Stop);
            Assert.InRange(left.Ticks, seen, long.MaxValue);
            Assert.Equal(left.Ticks * 10, left.Delivered);
            ticks = (await Open().UpdateAsync(state => state.With(Report(0)), Stop)).Ticks;
            Assert.Equal(left.Ticks + 1, ticks);
        }
    }

    /// <summary>What the processes run that are killed; it has nothing to do elsewhere.</summary>
    [Fact]
    public async Task Write_until_killed()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
            return;

        var store = new FileProgressStore(folder, "localhost_9092", "js_shoe", Patient);
        for (var tick = 0; ; tick++)
            await store.UpdateAsync(state => state.With(Report(tick)), Stop);
    }

    [Fact]
    public async Task A_broken_file_is_named_and_kept()
    {
        await Open().UpdateAsync(_ => Full(2), Stop);
        await File.WriteAllTextAsync(StateFile, "", Stop);
        foreach (var operation in (Func<Task>[])[() => Open().ReadAsync(Stop), () => Open().UpdateAsync(state => state.With(Report(0)), Stop)])
        {
            var failure = (await Assert.ThrowsAsync<FailureException>(operation)).Failure;
            Assert.Equal((FailureSource.ProgressStore, FailureKind.Invalid, "broken", false), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));
            Assert.Contains(StateFile, failure.Advice);
        }

        Assert.Equal("", await File.ReadAllTextAsync(StateFile, Stop));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "made"), "a file in its place", Stop);
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Open().UpdateAsync(state => state.With(Report(0)), Stop))).Failure;
        Assert.Equal((FailureSource.ProgressStore, "write progress"), (failure.Source, failure.Operation));
        Assert.Contains(StateFile, failure.Advice);
    }

    [Fact]
    public void What_a_file_system_says_is_classified()
    {
        foreach (var (error, kind, code, recoverable) in (ReadOnlySpan<(Exception, FailureKind, string, bool)>)[
            (new UnauthorizedAccessException(), FailureKind.Authorization, "access-denied", false),
            (new DirectoryNotFoundException(), FailureKind.NotFound, "no-folder", false),
            (new PathTooLongException(), FailureKind.NotFound, "no-folder", false),
            (new IOException("an error of the disk"), FailureKind.ServerError, "io", true)])
        {
            var failure = ProgressFailures.OfFile(error, ProgressFailures.Writing, StateFile);
            Assert.Equal((FailureSource.ProgressStore, kind, code, recoverable), (failure.Source, failure.Kind, failure.Code, failure.Recoverable));
            Assert.Contains(StateFile, failure.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cluster_that_is_known_already_is_no_news()
    {
        foreach (var _ in (int[])[1, 2])
            Assert.Equal(ClusterMove.None, await Open().UseClusterAsync("one", Stop));
        Assert.Equal(ClusterMove.Begun, await Open().UseClusterAsync("two", Stop));
    }

    [Fact]
    public async Task A_step_that_cannot_be_made_is_told_and_what_was_there_stays()
    {
        async Task RefusesAsync(string path, Func<Task> step) =>
            Assert.Contains($"File {path} ", (await Assert.ThrowsAsync<FailureException>(step)).Failure.Advice, StringComparison.Ordinal);

        // What is in the way of the earlier progress, of a write, and of a move to the cluster's own name.
        await KeepAsEarlierAsync(Full(2));
        Directory.CreateDirectory(StateFile);
        await RefusesAsync(Path.Combine(StateFolder, "js_shoe.json"), () => Open().UpdateAsync(state => state.With(Report(3)), Stop));
        Directory.Delete(StateFile);
        AssertSame(Full(2), await Open().UpdateAsync(state => state, Stop));

        var beside = Directory.CreateDirectory(Path.ChangeExtension(StateFile, ".new"));
        await RefusesAsync(StateFile, () => Open().UpdateAsync(state => state.With(Report(3)), Stop));
        beside.Delete();
        AssertSame(Full(2), await Open().ReadAsync(Stop));

        var own = Directory.CreateDirectory(Path.Combine(StateFolder, ClusterName.OfId("one"), "js_shoe.json"));
        await RefusesAsync(own.FullName, () => Open().UseClusterAsync("one", Stop));
        own.Delete();
        await Open().UseClusterAsync("one", Stop);
        AssertSame(Full(2), await Open().ReadAsync(Stop));
    }

    [Fact]
    public async Task A_file_that_is_a_folder_is_told_whichever_it_is()
    {
        await Open().UseClusterAsync("one", Stop);
        await Open().UpdateAsync(_ => Full(2), Stop);
        foreach (var file in Directory.GetFiles(StateFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var kept = await File.ReadAllBytesAsync(file, Stop);
            File.Delete(file);
            Directory.CreateDirectory(file);
            Func<Task>[] operations = [() => Open().ReadAsync(Stop), () => Open().UpdateAsync(state => state.With(Report(3)), Stop)];
            foreach (var operation in file.EndsWith(".cluster", StringComparison.Ordinal) ? [.. operations, () => Open().UseClusterAsync("two", Stop)] : operations)
                Assert.Contains(file, (await Assert.ThrowsAsync<FailureException>(operation)).Failure.Advice, StringComparison.Ordinal);
            Directory.Delete(file);
            await File.WriteAllBytesAsync(file, kept, Stop);
            AssertSame(Full(2), await Open().ReadAsync(Stop));
        }
    }

    [Fact]
    public async Task A_lock_that_another_process_keeps_is_waited_for_and_then_told()
    {
        await Open().UpdateAsync(_ => Full(2), Stop);
        var time = new FakeTimeProvider();
        using (new FileStream(Path.ChangeExtension(StateFile, ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var update = new FileProgressStore(StateFolder, "localhost_9092", "js_shoe", time).UpdateAsync(state => state.With(Report(2)), Stop);
            var began = time.GetTimestamp();
            while (!update.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }

            var failure = (await Assert.ThrowsAsync<FailureException>(() => update)).Failure;
            Assert.Equal((FailureKind.Timeout, "locked", true), (failure.Kind, failure.Code, failure.Recoverable));
            Assert.Contains(StateFile, failure.Advice);
            Assert.True(time.GetElapsedTime(began) >= FileProgressStore.LongestWait);
            AssertSame(Full(2), await Open().ReadAsync(Stop));
        }

        Assert.Equal(3, (await Open().UpdateAsync(state => state.With(Report(2)), Stop)).Ticks);
    }

    [Fact]
    public async Task Who_is_told_to_stop_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
        using var held = new FileStream(Path.ChangeExtension(StateFile, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var update = Open().UpdateAsync(state => state.With(Report(2)), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => update);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open().ReadAsync(stop.Token));
    }

    private FileProgressStore Open(string topic) => new(StateFolder, "localhost_9092", topic, Patient);
}
