using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.EmbeddedSchemaRegistry;

/// <summary>The subjects, their versions, and the schemas with their ids: a schema has one id, wherever it is registered.</summary>
internal sealed class SubjectStore(CompatibilityLevels levels)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, List<Version>> _subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ProtobufSchema> _schemas = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private int _lastId;

    public IReadOnlyList<string> Subjects(string prefix, bool deleted)
    {
        lock (_lock)
        {
            return
            [
                .. _subjects
                    .Where(subject => subject.Key.StartsWith(prefix, StringComparison.Ordinal) && subject.Value.Any(version => version.Shows(deleted)))
                    .Select(subject => subject.Key),
            ];
        }
    }

    public IReadOnlyList<int> Versions(string subject, bool deleted)
    {
        lock (_lock)
            return [.. Existing(subject, deleted).Select(version => version.Number)];
    }

    public RegisteredVersion Get(string subject, VersionName name, bool deleted)
    {
        lock (_lock)
        {
            var versions = Existing(subject, deleted);
            return Registered(subject, Find(versions, name) ?? throw RegistryError.VersionNotFound(name.Number));
        }
    }

    public ProtobufSchema Get(int id)
    {
        lock (_lock)
            return _schemas.GetValueOrDefault(id) ?? throw RegistryError.SchemaNotFound(id);
    }

    public IReadOnlyList<SubjectVersion> Places(int id, bool deleted)
    {
        lock (_lock)
        {
            if (!_schemas.ContainsKey(id))
                throw RegistryError.SchemaNotFound();

            return
            [
                .. from subject in _subjects
                   from version in subject.Value
                   where version.Id == id && version.Shows(deleted)
                   select new SubjectVersion(subject.Key, version.Number),
            ];
        }
    }

    /// <summary>The ids of the schemas that refer to a version.</summary>
    public IReadOnlyList<int> ReferencedBy(string subject, VersionName name, bool deleted)
    {
        lock (_lock)
        {
            var version = Find(Existing(subject, deleted), name) ?? throw RegistryError.VersionNotFound(name.Number);
            return [.. References(subject, version.Number, deleted)];
        }
    }

    public int Register(string subject, SchemaRequest request)
    {
        var schema = Parse(request);
        lock (_lock)
        {
            var versions = _subjects.GetValueOrDefault(subject, []);
            if (Registered(versions, schema, deleted: false) is { } registered)
                return registered.Id;

            var problems = Problems(subject, schema, [.. versions.Where(version => !version.IsDeleted)]);
            if (problems.Count > 0)
                throw RegistryError.Incompatible(subject, problems);

            if (!_ids.TryGetValue(schema.Key, out var id))
            {
                id = ++_lastId;
                _ids[schema.Key] = id;
                _schemas[id] = schema;
            }

            _subjects[subject] = versions;
            var number = versions.Count == 0 ? 1 : versions[^1].Number + 1;
            versions.RemoveAll(version => version.IsDeleted && version.Id == id && !References(subject, version.Number, deleted: true).Any());
            versions.Add(new(number, id));
            return id;
        }
    }

    public RegisteredVersion LookUp(string subject, SchemaRequest request, bool deleted)
    {
        var schema = Parse(request);
        lock (_lock)
        {
            var versions = Existing(subject, deleted);
            return Registered(subject, Registered(versions, schema, deleted) ?? throw RegistryError.SchemaNotFound());
        }
    }

    /// <summary>Why a schema may not be registered, judged by one version or by all that the level names; nothing where it may.</summary>
    public IReadOnlyList<string> Check(string subject, VersionName? name, SchemaRequest request)
    {
        var schema = Parse(request);
        lock (_lock)
        {
            var versions = _subjects.GetValueOrDefault(subject, []).Where(version => !version.IsDeleted).ToList();
            if (name is null)
                return Problems(subject, schema, versions);
            if (Find(versions, name) is { } version)
                return Problems(subject, schema, [version]);
            return name.IsLatest ? [] : throw RegistryError.VersionNotFound(name.Number);
        }
    }

    public int DeleteVersion(string subject, VersionName name, bool permanent)
    {
        lock (_lock)
        {
            var versions = Existing(subject, deleted: true);
            var version = Find(versions.Where(version => !version.IsDeleted), name) ?? Find(versions, name) ?? throw RegistryError.VersionNotFound(name.Number);
            if (!permanent && version.IsDeleted)
                throw RegistryError.VersionSoftDeleted(subject, version.Number);
            if (References(subject, version.Number, permanent).Any())
                throw RegistryError.ReferenceExists(subject, version.Number);
            if (permanent && !version.IsDeleted)
                throw RegistryError.VersionNotSoftDeleted(subject, version.Number);

            if (permanent)
                Remove(subject, [version]);
            else
                version.IsDeleted = true;
            return version.Number;
        }
    }

    public IReadOnlyList<int> DeleteSubject(string subject, bool permanent)
    {
        lock (_lock)
        {
            var all = Existing(subject, deleted: true);
            var versions = permanent ? all : [.. all.Where(version => !version.IsDeleted)];
            if (versions.Count == 0)
                throw RegistryError.SubjectSoftDeleted(subject);
            foreach (var version in versions)
            {
                if (ReferencesFromOthers(subject, version.Number, permanent))
                    throw RegistryError.ReferenceExists(subject, version.Number);
            }

            if (permanent && versions.Any(version => !version.IsDeleted))
                throw RegistryError.SubjectNotSoftDeleted(subject);

            if (permanent)
                Remove(subject, versions);
            else
                versions.ForEach(version => version.IsDeleted = true);
            return [.. versions.Select(version => version.Number)];
        }
    }

    private ProtobufSchema Parse(SchemaRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Schema))
            throw RegistryError.EmptySchema();
        if (request.SchemaType is null or "AVRO" or "JSON")
            throw RegistryError.ProtobufOnly(request.SchemaType ?? "AVRO");
        if (request.SchemaType != "PROTOBUF")
            throw RegistryError.InvalidSchemaType(request.SchemaType);
        if (request.RuleSet is { ValueKind: not System.Text.Json.JsonValueKind.Null })
            throw RegistryError.NoRuleSets();

        try
        {
            return ProtobufSchemaText.Parse(request.Schema, [.. (request.References ?? []).Select(reference => (reference, Referenced(reference)))]);
        }
        catch (InvalidSchemaException invalid)
        {
            throw RegistryError.InvalidSchema(invalid.Message);
        }
    }

    private ProtobufSchema Referenced(SchemaReference? reference)
    {
        if (reference is not { Name: not null, Subject: not null })
            throw RegistryError.InvalidSchema("A reference has a name, a subject and a version");

        lock (_lock)
        {
            return _subjects.GetValueOrDefault(reference.Subject, []).FirstOrDefault(version => version.Number == reference.Version) is { } version
                ? _schemas[version.Id]
                : throw RegistryError.InvalidSchema($"No schema reference found for subject \"{reference.Subject}\" and version {reference.Version}");
        }
    }

    private List<string> Problems(string subject, ProtobufSchema schema, List<Version> earlier)
    {
        var level = levels.For(subject);
        var problems = new List<string>();
        foreach (var version in Enumerable.Reverse(earlier).Take(level.AllVersions ? earlier.Count : 1))
        {
            var old = _schemas[version.Id];
            if (level.OldReadsNew)
                problems.AddRange(ProtobufCompatibility.Differences(schema, old).Select(difference => difference.Describe("old", "new")));
            if (level.NewReadsOld)
                problems.AddRange(ProtobufCompatibility.Differences(old, schema).Select(difference => difference.Describe("new", "old")));
            if (problems.Count > 0)
            {
                problems.AddRange(
                [
                    $"{{oldSchemaVersion: {version.Number}}}", $"{{oldSchema: '{old.Text}'}}", $"{{validateFields: 'false', compatibility: '{level.Name}'}}",
                ]);
                break;
            }
        }

        return problems;
    }

    /// <exception cref="RegistryError">The subject has none.</exception>
    private List<Version> Existing(string subject, bool deleted)
    {
        var versions = _subjects.GetValueOrDefault(subject, []).Where(version => version.Shows(deleted)).ToList();
        return versions.Count > 0 ? versions : throw RegistryError.SubjectNotFound(subject);
    }

    private static Version? Find(IEnumerable<Version> versions, VersionName name) =>
        name.IsLatest ? versions.LastOrDefault() : versions.FirstOrDefault(version => version.Number == name.Number);

    private Version? Registered(List<Version> versions, ProtobufSchema schema, bool deleted) =>
        _ids.TryGetValue(schema.Key, out var id) ? versions.LastOrDefault(version => version.Id == id && version.Shows(deleted)) : null;

    private RegisteredVersion Registered(string subject, Version version) => new(subject, version.Number, version.Id, _schemas[version.Id]);

    private IEnumerable<int> References(string subject, int number, bool deleted) =>
        from version in _subjects.Values.SelectMany(versions => versions)
        where version.Shows(deleted) && Refers(version, subject, number)
        group version by version.Id into referring
        orderby referring.Key
        select referring.Key;

    private bool ReferencesFromOthers(string subject, int number, bool deleted) =>
        _subjects.Where(other => other.Key != subject)
            .SelectMany(other => other.Value)
            .Any(version => version.Shows(deleted) && Refers(version, subject, number));

    private bool Refers(Version version, string subject, int number) =>
        _schemas[version.Id].References.Any(reference => reference.Subject == subject && reference.Version == number);

    /// <summary>Forgets versions, and the schemas that are registered nowhere else.</summary>
    private void Remove(string subject, List<Version> removed)
    {
        var versions = _subjects[subject];
        versions.RemoveAll(removed.Contains);
        if (versions.Count == 0)
        {
            _subjects.Remove(subject);
            levels.Forget(subject);
        }

        foreach (var id in removed.Select(version => version.Id).Except(_subjects.Values.SelectMany(all => all).Select(version => version.Id)))
        {
            _ids.Remove(_schemas[id].Key);
            _schemas.Remove(id);
        }
    }

    private sealed class Version(int number, int id)
    {
        public int Number { get; } = number;

        public int Id { get; } = id;

        public bool IsDeleted { get; set; }

        /// <summary>Whether the version is there for someone who asks for deleted ones too, or does not.</summary>
        public bool Shows(bool deleted) => deleted || !IsDeleted;
    }
}
