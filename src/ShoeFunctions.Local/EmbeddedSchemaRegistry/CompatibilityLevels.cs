using System.Collections.Concurrent;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>The compatibility level of the registry, and of the subjects that have one of their own.</summary>
internal sealed class CompatibilityLevels
{
    private readonly ConcurrentDictionary<string, CompatibilityLevel> _own = new(StringComparer.Ordinal);
    private volatile CompatibilityLevel _global = CompatibilityLevel.Backward;

    public CompatibilityLevel Global => _global;

    /// <summary>The level that holds for a subject.</summary>
    public CompatibilityLevel For(string subject) => _own.GetValueOrDefault(subject, _global);

    /// <exception cref="RegistryError">The subject has none.</exception>
    public CompatibilityLevel OwnOf(string subject) =>
        _own.TryGetValue(subject, out var level) ? level : throw RegistryError.NoCompatibilityOfItsOwn(subject);

    public void SetGlobal(CompatibilityLevel level) => _global = level;

    public void Set(string subject, CompatibilityLevel level) => _own[subject] = level;

    /// <summary>Goes back to the default, and says what held before.</summary>
    public CompatibilityLevel ResetGlobal() => Interlocked.Exchange(ref _global, CompatibilityLevel.Backward);

    /// <exception cref="RegistryError">The subject has none.</exception>
    public CompatibilityLevel Remove(string subject) =>
        _own.TryRemove(subject, out var level) ? level : throw RegistryError.SubjectNotFound(subject);

    public void Forget(string subject) => _own.TryRemove(subject, out _);
}
