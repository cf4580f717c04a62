using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Failures;

namespace ShoeFunctions.Engine.Progress.Stores;

/// <summary>
/// Lets ticks go on while a store cannot be used: what could not be written is remembered here and written with the
/// next update that can, together with what other instances wrote meanwhile. However long that takes, two states are
/// remembered, not every change. A store that takes long to fail does not hold up the ticks: it is left alone for four
/// times as long.
/// </summary>
/// <param name="open">Opens the store; called when it is first used, and again where it threw.</param>
/// <param name="time">The time.</param>
/// <param name="logger">Hears when it begins and ends, and of programs in other places that write the same progress.</param>
/// <param name="place">What this program's writes are known by: the app, or else the machine. All instances of an app have one.</param>
public sealed partial class RememberingProgressStore(
    Func<IProgressStore> open, TimeProvider time, ILogger<RememberingProgressStore> logger, string? place = null)
    : IProgressStore, IDisposable
{
    private const int PausePerAttempt = 4;

    private readonly Lazy<IProgressStore> _store = new(open, LazyThreadSafetyMode.PublicationOnly);
    private readonly string _name = ProgressWriter.NewName(string.IsNullOrEmpty(place) ? Environment.MachineName : place);
    private readonly HashSet<string> _said = [];
    private readonly SemaphoreSlim _one = new(1);
    private Memory? _memory;
    private Outage? _outage;
    private long _writes;
    private ImmutableArray<ProgressWriter>? _writersBefore;

    /// <summary>Why progress cannot be written now, or null where it can.</summary>
    public Failure? Failure => _outage?.Failure;

    /// <summary>Why what is remembered here is not written down, or null where all of it is.</summary>
    public Failure? Unwritten => _memory is { IsPending: true } ? Failure : null;

    /// <summary>What is stored, with what is remembered here; where the store cannot be read, what it held last.</summary>
    /// <exception cref="FailureException">The store cannot be read and nothing is known of it.</exception>
    public async Task<ProgressState> ReadAsync(CancellationToken cancellation)
    {
        var (before, began) = (_memory, time.GetTimestamp());
        if (before is not null && IsPausing)
            return before.Now;

        try
        {
            var stored = await _store.Value.ReadAsync(cancellation);
            var seen = Memory.Seeing(stored, before);

            // Unless an update or another read was faster.
            Interlocked.CompareExchange(ref _memory, seen, before);
            if (!seen.IsPending)
                Works();
            return seen.Now;
        }
        catch (FailureException error)
        {
            Fails(error.Failure, began, isWriting: _memory is { IsPending: true });
            if (_memory is { } memory)
                return memory.Now;
            throw;
        }
    }

    /// <summary>Stores a change, or remembers it where that cannot be.</summary>
    /// <returns>What was stored, or what would have been, as far as is known here.</returns>
    public async Task<ProgressState> UpdateAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            return await UpdateAloneAsync(change, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Stores a change, or throws where that cannot be.</summary>
    /// <exception cref="FailureException">It cannot be stored now.</exception>
    public async Task<ProgressState> CommitAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_memory is { IsPending: true })
                await UpdateAloneAsync(state => state, cancellation);
            if ((IsPausing || _memory is { IsPending: true }) && Failure is { } known)
                throw new FailureException(known);

            var stored = await _store.Value.UpdateAsync(change, cancellation);
            _memory = new Memory(stored, stored, []);
            Works();
            return stored;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The same, once what is remembered of the cluster before is written down.</summary>
    public async Task<ClusterMove> UseClusterAsync(string clusterId, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        var began = time.GetTimestamp();
        try
        {
            if (_memory is { IsPending: true })
                await UpdateAloneAsync(state => state, cancellation);
            if (IsPausing || _memory is { IsPending: true })
                return ClusterMove.Untold;

            var move = await _store.Value.UseClusterAsync(clusterId, cancellation);
            if (move is ClusterMove.Found or ClusterMove.Begun)
                (_memory, _writersBefore) = (null, null);
            Works();
            return move;
        }
        catch (FailureException error)
        {
            Fails(error.Failure, began, isWriting: true);
            return ClusterMove.Untold;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<ProgressState> UpdateAloneAsync(Func<ProgressState, ProgressState> change, CancellationToken cancellation)
    {
        var write = new ProgressWriter(_name, ++_writes);
        var (memory, began) = (_memory, time.GetTimestamp());
        if (IsPausing)
        {
            _memory = memory = (memory ?? Memory.Nothing).After(change);
            return memory.Now;
        }

        var isTried = false;
        ProgressWriter? other = null;
        try
        {
            var stored = await _store.Value.UpdateAsync(
                current =>
                {
                    if (current.Writers.Contains(write))
                        return current;

                    memory = Memory.Seeing(current, memory);
                    var changed = change(memory.Now).WrittenBy(write);
                    isTried = true;
                    other = Elsewhere(current);
                    return other is null ? changed : changed with { OtherWriter = new OtherWriter(other.Name, time.GetUtcNow()) };
                },
                cancellation);
            _memory = new Memory(stored, stored, []);
            _writersBefore = stored.Writers;
            Works();
            if (other?.Place is { } elsewhere && _said.Add(elsewhere))
                Log.TwoWriters(logger, ProgressFailures.TwoWriters(other.Name).Advice);
            return stored;
        }
        catch (FailureException error)
        {
            memory = (memory ?? Memory.Nothing).After(change);
            _memory = isTried ? memory.Unsure(write) : memory;
            Fails(error.Failure, began, isWriting: true);
            return memory.Now;
        }
        catch when (isTried)
        {
            _memory = memory!.Unsure(write);
            throw;
        }
    }

    /// <summary>
    /// Who has written from another place since this program's own last write. One that wrote before that has ended, or
    /// stood by: only what comes in between is the work of two at once.
    /// </summary>
    private ProgressWriter? Elsewhere(ProgressState current) => _writersBefore is { } before
        ? current.Writers.LastOrDefault(writer => writer.Place is { } elsewhere && elsewhere != ProgressWriter.PlaceOf(_name) && !before.Contains(writer)) : null;

    private bool IsPausing => _outage is { } outage && time.GetElapsedTime(outage.FailedAt) < outage.Pause;

    private void Works()
    {
        if (Interlocked.Exchange(ref _outage, null) is not { } outage)
            return;
        if (outage.IsWriting)
            Log.Written(logger);
        else
            Log.Read(logger);
    }

    private void Fails(Failure failure, long began, bool isWriting)
    {
        var outage = new Outage(failure, isWriting, time.GetTimestamp(), PausePerAttempt * time.GetElapsedTime(began));
        var before = Interlocked.Exchange(ref _outage, outage);
        if (before?.Failure.Code == failure.Code && before.IsWriting == isWriting)
            return;
        if (isWriting)
            Log.Remembered(logger, failure.Kind, failure.Code, failure.Advice);
        else
            Log.Unread(logger, failure.Kind, failure.Code, failure.Advice);
    }

    /// <summary>Why the store could not be used last, whether anything was to be written, when that was known, and how long it is left alone.</summary>
    private sealed record Outage(Failure Failure, bool IsWriting, long FailedAt, TimeSpan Pause);

    /// <summary>What is known of the store, and what this instance has on top.</summary>
    /// <param name="Stored">What was stored when it was last seen.</param>
    /// <param name="Now">The same with what could not be written.</param>
    /// <param name="Attempts">Writes that got no answer, so that they may have been made, and what of this they held.</param>
    private sealed record Memory(ProgressState Stored, ProgressState Now, ImmutableArray<(ProgressWriter Write, ProgressState Now)> Attempts)
    {
        /// <summary>Each attempt saw that the earlier ones were not made; only one still under way may yet be.</summary>
        private const int MostAttempts = 4;

        /// <summary>Nothing is known of the store.</summary>
        public static Memory Nothing { get; } = new(ProgressState.Empty, ProgressState.Empty, []);

        public bool IsPending => !ReferenceEquals(Stored, Now);

        /// <summary>What is known once the store was seen.</summary>
        public static Memory Seeing(ProgressState stored, Memory? before)
        {
            if (before is null)
                return new Memory(stored, stored, []);

            var made = before.Attempts.LastOrDefault(attempt => stored.Writers.Contains(attempt.Write));
            var from = made.Now ?? before.Stored;
            ProgressState Moved(ProgressState state) => ReferenceEquals(state, from) ? stored : stored.Including(from, state);
            var now = Moved(before.Now);
            return new Memory(
                stored,
                now,
                [.. before.Attempts.Where(attempt => made.Now is null || attempt.Write.Write > made.Write.Write)
                    .Select(attempt => (attempt.Write, ReferenceEquals(attempt.Now, before.Now) ? now : Moved(attempt.Now)))]);
        }

        /// <summary>With a change that could not be written. Where no mark was known before, this is where it begins.</summary>
        public Memory After(Func<ProgressState, ProgressState> change)
        {
            var now = change(Now);
            return this with { Stored = Stored.HighWater is null ? Stored with { HighWater = now.HighWater } : Stored, Now = now };
        }

        /// <summary>With a write of all of it that got no answer.</summary>
        public Memory Unsure(ProgressWriter write) => this with { Attempts = [.. Attempts.Add((write, Now)).TakeLast(MostAttempts)] };
    }

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Warning, "progress cannot be stored and is kept in memory: {Kind} ({Code}): {Advice}")]
        public static partial void Remembered(ILogger logger, FailureKind kind, string code, string advice);

        [LoggerMessage(602, LogLevel.Warning, "progress cannot be read: {Kind} ({Code}): {Advice}")]
        public static partial void Unread(ILogger logger, FailureKind kind, string code, string advice);

        [LoggerMessage(603, LogLevel.Information, "progress can be read again")]
        public static partial void Read(ILogger logger);

        [LoggerMessage(606, LogLevel.Warning, "two programs use the same progress: {Advice}")]
        public static partial void TwoWriters(ILogger logger, string advice);

        [LoggerMessage(601, LogLevel.Information, "progress is stored again")]
        public static partial void Written(ILogger logger);
    }
}
