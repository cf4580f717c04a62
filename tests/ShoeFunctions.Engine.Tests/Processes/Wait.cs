using System.Diagnostics;

namespace ShoeFunctions.Engine.Tests.Processes;

/// <summary>Waits for something to come true.</summary>
internal static class Wait
{
    /// <summary>Longer than anything takes on the slowest machine: what has not come by then does not come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Between two looks: what takes long is looked at less often, which leaves the machine to it.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(150);

    /// <summary>Looks again and again, and fails when it has taken too long.</summary>
    public static Task UntilAsync(Func<bool> isTrue) => UntilAsync(() => Task.FromResult(isTrue()));

    /// <summary>The same; fails at once where the process that is to bring it about has ended.</summary>
    /// <param name="isTrue">What is waited for.</param>
    /// <param name="process">Who is to bring it about.</param>
    /// <param name="said">What it said until its end.</param>
    public static async Task UntilAsync(Func<Task<bool>> isTrue, Process? process = null, Func<Task<string>>? said = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 1.3 : LongestPause)
        {
            // Before the look: what came just before the end has come.
            var hasEnded = process?.HasExited == true;
            try
            {
                if (await isTrue())
                    return;
            }
            catch (HttpRequestException) when (process?.HasExited == true)
            {
                hasEnded = true;
            }

            if (hasEnded)
                Assert.Fail($"The process ended with {process!.ExitCode} before what was waited for: {(said is null ? "" : await said())}");
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                Assert.Fail($"What was waited for did not come within {Patience.TotalMinutes} minutes.");
            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets a time go by step by step until something has ended that waits for it.</summary>
    /// <param name="step">Goes one step on.</param>
    /// <param name="task">What waits.</param>
    public static async Task PassingAsync(Action step, Task task)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            step();
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                Assert.Fail($"What was waited for did not end within {Patience.TotalMinutes} minutes.");

            // As long for each step: what waits is to see that its time has come.
            await Task.Delay(FirstPause, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await task;
    }

    /// <summary>The same, for its result.</summary>
    public static async Task<T> PassingAsync<T>(Action step, Task<T> task)
    {
        await PassingAsync(step, (Task)task);
        return await task;
    }
}
