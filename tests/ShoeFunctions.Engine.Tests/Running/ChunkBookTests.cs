using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using ShoeFunctions.Engine.Progress;
using ShoeFunctions.Engine.Progress.Stores;
using ShoeFunctions.Engine.Running;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Tests.Doubles;
using ShoeFunctions.Engine.Ticks;
using static ShoeFunctions.Engine.Tests.Progress.ProgressStates;

namespace ShoeFunctions.Engine.Tests.Running;

public sealed class ChunkBookTests
{
    /// <summary>
    /// Up to four ticks in up to six chunks; of each chunk up to three deliveries, on as many instances, whose steps on what is stored are
    /// taken in any order; some end in the middle. What then has no row is delivered once more, as the timer and the platform see to.
    /// </summary>
    [Fact]
    public void Whatever_the_order_of_steps_and_however_often_a_chunk_comes_each_tick_is_closed_once_with_its_own_totals() =>
        Gen.Select(Gen.Int[1, 6].Array[1, 4], Gen.Int[1, 3], Gen.Int[0, 4], Gen.Int).Sample(
            (chunks, deliveries, killed, seed) => new Story(chunks, seed).Run(deliveries, killed),
            iter: 3000);

    private sealed class Story(int[] chunksOf, int seed)
    {
        private const int ChunkShoes = 10;

        private SplitMix64 _random = new((ulong)seed);
        private readonly List<TaskCompletionSource> _waiting = [];
        private readonly MemoryProgressStore _progress = new();
        private readonly MemoryChunkRows _rows = new();

        public void Run(int deliveries, int killed)
        {
            _rows.OnStep = TurnAsync;
            using var engine = new TestEngine();
            var book = new ChunkBook(new InTurn(_progress, TurnAsync), _rows, engine.Instrumentation, NullLogger<ChunkBook>.Instance);
            var ticks = chunksOf.Select((count, index) => new OpenTick(At(index), count * ChunkShoes - index, ChunkShoes, 0, $"o{index}", At(index).Time, At(index).Time)).ToArray();
            foreach (var tick in ticks)
                Now(_progress.UpdateAsync(state => state.BeginningAt(At(0)).Opening(tick), CancellationToken.None));
            Assert.Equal(ticks.Select(tick => tick.Tick), State.Open.Select(tick => tick.Tick));

            var all = ticks.SelectMany(tick => tick.Chunks.Select(chunk => ChunkMessage.For(tick, chunk, "topic", "cluster"))).ToArray();
            var runs = Enumerable.Range(0, deliveries).SelectMany(_ => all).OrderBy(_ => Any(1 << 20)).Select(message => DeliverAsync(book, message)).ToList();
            for (var left = killed; _waiting.Count > 0;)
            {
                var next = Take();
                // The process is gone: it never gets any further.
                if (left > 0 && Any(10) == 0)
                    left--;
                else
                    next.SetResult();
                AssertThatTheMarkIsBeforeWhatIsOpen();
            }

            // What is left is delivered again, late for some and twice for others; and the timer looks.
            foreach (var message in all.Concat(all.Where(_ => Any(3) == 0)))
                runs.Add(DeliverAsync(book, message));
            while (_waiting.Count > 0)
                Take().SetResult();
            Assert.DoesNotContain(runs, run => run.IsFaulted);

            Assert.Equal((0, ticks.Length), (State.Open.Length, State.Ticks));
            Assert.Equal(ticks.Sum(tick => (long)tick.Shoes), State.Delivered);
            Assert.Equal(ticks.Sum(tick => tick.Shoes * 60L), State.Bytes);
            Assert.Equal((ticks[^1].Tick, 0L, null), (State.HighWater, State.FailedSends, State.Newest));
            Assert.Equal(ticks.Select(tick => (tick.Tick, tick.Shoes, tick.Shoes)), State.Recent.Select(run => (run.Tick, run.Shoes, run.Delivered)));
        }

        private ProgressState State => Now(_progress.ReadAsync(CancellationToken.None));

        private void AssertThatTheMarkIsBeforeWhatIsOpen()
        {
            var state = State;
            var firstOpen = state.Open.FirstOrDefault()?.Tick;
            Assert.Equal(firstOpen is { } open ? new Tick(open.UnixSeconds - 1) : At(chunksOf.Length - 1), state.HighWater);
            Assert.Equal(chunksOf.Length - state.Open.Length, state.Ticks);
        }

        private static async Task DeliverAsync(ChunkBook book, ChunkMessage message)
        {
            if (await book.FindAsync(message, CancellationToken.None) is not { } tick)
                return;
            var at = message.Chunk.Tick.Time.AddSeconds(1);
            await book.WriteAsync(message.Chunk, tick, new ChunkRow(message.First, message.Count, message.Count * 60, at, at, "here/1", new LatencyHistogram(), []), CancellationToken.None);
        }

        /// <summary>Everything between two steps runs at once, on this thread.</summary>
        private Task TurnAsync()
        {
            var turn = new TaskCompletionSource();
            _waiting.Add(turn);
            return turn.Task;
        }

        private TaskCompletionSource Take()
        {
            var next = _waiting[Any(_waiting.Count)];
            _waiting.Remove(next);
            return next;
        }

        private int Any(int below) => (int)_random.Below((uint)below);

        private static Tick At(int seconds) => new(First.UnixSeconds + seconds);

        private static T Now<T>(Task<T> done)
        {
            Assert.True(done.IsCompletedSuccessfully);
            return done.Result;
        }
    }

    /// <summary>Waits for its turn before every step.</summary>
    private sealed class InTurn(IProgressStore inner, Func<Task> turn) : IProgressStore
    {
        public async Task<ProgressState> ReadAsync(CancellationToken cancellation)
        {
            await turn();
            return await inner.ReadAsync(cancellation);
        }

        public async Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
        {
            await turn();
            return await inner.UpdateAsync(change, cancellation);
        }

        public Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation) => inner.UseClusterAsync(clusterId, cancellation);
    }
}
