using System.Text.Json;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class AnswersVerbTests
{
    private const int Batch = 1000;

    private static readonly Tick SomeTick = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private static readonly Tick Last = new(SomeTick.UnixSeconds + 2);
    private static readonly string Range = Cluster.Range(SomeTick, Last);

    private static readonly (string, string)[] Faulty =
    [
        ("FAULTS", "late=2%,repeated=2%,corrupt=4%,missing=2%,outlier=4%,reordered=2%"), ("FAULT_LATENESS", "1h"), ("FAULT_LABELS", "true"), ("BATCH_SIZE", $"{Batch}"),
    ];

    [Fact(SkipUnless = nameof(ForeignConsumer.IsThere), SkipType = typeof(ForeignConsumer), Skip = ForeignConsumer.WhyNot)]
    public async Task What_a_foreign_consumer_finds_on_the_topic_is_what_the_answers_say_and_passes_the_audit()
    {
        await using var cluster = await Cluster.StartAsync();
        var replayed = await cluster.RunAsync($"replay {Range} --yes", Faulty);
        Assert.Equal((0, ""), (replayed.ExitCode, replayed.Errors));
        var (passed, outcome) = await cluster.AuditAsync(SomeTick, Last, "--exactly-once", Faulty);
        Assert.Equal((0, "late=2%,repeated=2%,corrupt=4%,missing=2%,outlier=4%,reordered=2%: a shoe that is left out is not asked for, and one that is repeated counts twice"),
            (passed, outcome.GetProperty("faults").GetString()));
        // Without the faults in the settings it is all wrong.
        Assert.Equal(1, (await cluster.AuditAsync(SomeTick, Last, "", ("BATCH_SIZE", $"{Batch}"))).ExitCode);

        var answers = await AnswersAsync(Range, Faulty);
        var byId = answers.ToLookup(answer => answer.GetProperty("id").GetInt64());
        var records = await ForeignConsumer.ReadAsync(cluster.Kafka.BootstrapServers, cluster.Settings()[1].Value, "js_shoe", areAllShoes: false);
        var onTopic = records.ToLookup(record => long.Parse(record.Headers["shoe-id"]));
        Assert.Equal(records.Count, outcome.GetProperty("records").GetInt32());
        for (var tick = SomeTick; tick <= Last; tick = new Tick(tick.UnixSeconds + 1))
        {
            for (var index = 0; index < Batch; index++)
            {
                var (id, faults) = (tick.ShoeId(index), byId[tick.ShoeId(index)].ToDictionary(answer => answer.GetProperty("kind").GetString()!));
                Assert.Equal(faults.ContainsKey("missing") ? 0 : faults.ContainsKey("repeated") ? 2 : 1, onTopic[id].Count());
                Assert.All(onTopic[id], record =>
                {
                    Assert.Equal(faults.Count == 0 ? null : string.Join(',', faults.Keys), record.Headers.GetValueOrDefault("shoe-fault"));
                    Assert.Equal(faults.TryGetValue("late", out var late) ? late.GetProperty("latenessMs").GetInt64() : 0, tick.UnixSeconds * 1000 - record.TimestampMs);
                    Assert.Equal(faults.ContainsKey("corrupt"), record.Fault is not null);
                    if (record.Fault is null)
                        Assert.Equal(id, long.Parse(record.Shoe.Id));
                    if (faults.TryGetValue("outlier", out var outlier))
                        Assert.Equal($"{outlier.GetProperty("value")}", outlier.GetProperty("field").GetString() switch
                        {
                            "sale_price" => JsonSerializer.SerializeToElement(record.Shoe.SalePrice, Named).ToString(),
                            "rating" => $"{record.Shoe.Rating}",
                            "brand" => record.Shoe.Brand,
                            _ => record.Shoe.Name,
                        });
                });
            }
        }

        // All four ways to damage a value, and all six kinds.
        Assert.Equal(["magic-byte", "random-bytes", "schema-id", "truncated"], Values(answers, "bytes"));
        Assert.Equal(["corrupt", "late", "missing", "outlier", "reordered", "repeated"], Values(answers, "kind"));

        // What the consumer could not read, and nothing else, is what it flags as corrupt.
        var flagged = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(flagged, records.Where(record => record.Fault is not null).Select(record => $"{record.Headers["shoe-id"]},corrupt"), TestContext.Current.CancellationToken);
            var score = JsonElement.Parse((await ShoesCommand.RunAsync($"answers {Range} --check {flagged} --json", [.. cluster.Settings(), .. Faulty])).Output);
            var corrupt = score.GetProperty("kinds").EnumerateArray().Single(kind => kind.GetProperty("kind").GetString() == "corrupt");
            Assert.Equal((1.0, 1.0), (corrupt.GetProperty("precision").GetDouble(), corrupt.GetProperty("recall").GetDouble()));
        }
        finally
        {
            File.Delete(flagged);
        }

        static string[] Values(IEnumerable<JsonElement> answers, string name) =>
            [.. answers.Select(answer => answer.TryGetProperty(name, out var value) ? value.GetString()! : null).OfType<string>().Distinct().Order()];
    }

    private static readonly JsonSerializerOptions Named = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Fact(SkipUnless = nameof(ForeignConsumer.IsThere), SkipType = typeof(ForeignConsumer), Skip = ForeignConsumer.WhyNot)]
    public async Task No_corrupt_value_is_read_by_Confluents_JavaScript_deserialiser()
    {
        await using var cluster = await Cluster.StartAsync();
        var replayed = await cluster.RunAsync($"replay {Cluster.Range(SomeTick, SomeTick)} --yes", ("FAULTS", "corrupt=100"), ("BATCH_SIZE", $"{Batch}"));
        Assert.Equal((0, ""), (replayed.ExitCode, replayed.Errors));
        var records = await ForeignConsumer.ReadAsync(cluster.Kafka.BootstrapServers, cluster.Settings()[1].Value, "js_shoe", areAllShoes: false);
        Assert.Equal(Batch, records.Count);
        Assert.All(records, record => Assert.NotNull(record.Fault));
    }

    [Fact]
    public async Task People_read_a_line_a_fault_and_the_score_as_a_table()
    {
        (string, string)[] settings = [("PRODUCE_SCHEDULE", "* * * * * *"), ("BATCH_SIZE", "60"), ("FAULTS", "late=5,repeated=5,corrupt=20,missing=5,outlier=20,reordered=5"), ("SHOE_SEED", "4")];
        var ended = await ShoesCommand.RunAsync($"answers {Cluster.Range(SomeTick, SomeTick)}", settings);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Equal(Lines, ended.Output.Split('\n').Take(Lines.Length));

        var file = Path.GetTempFileName();
        try
        {
            var late = ended.Output.Split('\n').Where(line => line.Contains("  late ", StringComparison.Ordinal)).Select(line => line[..16]).ToArray();
            await File.WriteAllTextAsync(file, $"\n{late[0]}\r\n{late[0]} late\n{SomeTick.ShoeId(59)}\tLate\n\n{SomeTick.ShoeId(60)}\n{Last.ShoeId(0)},late", TestContext.Current.CancellationToken);
            var score = await ShoesCommand.RunAsync($"answers {Cluster.Range(SomeTick, SomeTick)} --check {file}", settings);
            Assert.Equal((0, ""), (score.ExitCode, score.Errors));
            Assert.Equal(Score, score.Output.TrimEnd().Split('\n'));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task It_connects_to_nothing_and_says_where_no_faults_are_set()
    {
        var ended = await ShoesCommand.RunAsync($"answers {Range}", ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"), ("SCHEMA_REGISTRY_URL", "http://127.0.0.1:1"));
        Assert.Equal((0, "", "FAULTS asks for none, so no shoe has a fault.\n"), (ended.ExitCode, ended.Output, ended.Errors));
    }

    [Theory]
    [InlineData("12x", "--check: line 2 of {file} is '12x'; accepted is an id, a whole number, alone or followed by kinds.")]
    [InlineData("-5", "--check: line 2 of {file} is '-5'; accepted is an id, a whole number, alone or followed by kinds.")]
    [InlineData("1 late,now", "--check: line 2 of {file} is '1 late,now'; accepted is as a kind late, repeated, corrupt, missing, outlier, reordered.")]
    [InlineData("1,stale", "--check: line 2 of {file} is '1,stale'; accepted is as a kind late, repeated, corrupt, missing, outlier, reordered.")]
    public async Task A_line_that_is_no_id_is_named(string line, string error)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"1\n{line}\n", TestContext.Current.CancellationToken);
            var ended = await ShoesCommand.RunAsync($"answers {Range} --check {file}", ("FAULTS", "late=1"));
            Assert.Equal((2, "", error.Replace("{file}", file, StringComparison.Ordinal) + "\n"), (ended.ExitCode, ended.Output, ended.Errors));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("/no/such/file")]
    [InlineData("/")]
    public async Task A_file_that_cannot_be_read_is_named(string path)
    {
        var ended = await ShoesCommand.RunAsync($"answers {Range} --check {path}", ("FAULTS", "late=1"));
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith($"--check: '{path}' cannot be read: ", ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.TrimEnd().Split('\n'));
    }

    private static async Task<JsonElement[]> AnswersAsync(string range, (string, string)[] settings)
    {
        var ended = await ShoesCommand.RunAsync($"answers {range} --json", [("PRODUCE_SCHEDULE", "* * * * * *"), .. settings]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        return [.. ended.Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The first ones.</summary>
    private static readonly string[] Lines =
    [
        "1882657810022400  2026-11-23T14:00:00Z        0  corrupt    magic byte 79",
        "1882657810022402  2026-11-23T14:00:00Z        2  outlier    sale_price -85",
        "1882657810022403  2026-11-23T14:00:00Z        3  corrupt    43 random bytes",
        "1882657810022403  2026-11-23T14:00:00Z        3  reordered  sent 56 places later",
        "1882657810022405  2026-11-23T14:00:00Z        5  outlier    name 'Launch 10 Launch 10 Launch 10 Launch 10 …', 10,000 characters",
        "1882657810022411  2026-11-23T14:00:00Z       11  outlier    sale_price 75000",
        "1882657810022412  2026-11-23T14:00:00Z       12  repeated   sent again 47 places later",
        "1882657810022415  2026-11-23T14:00:00Z       15  outlier    sale_price NaN",
        "1882657810022416  2026-11-23T14:00:00Z       16  outlier    sale_price 0",
        "1882657810022417  2026-11-23T14:00:00Z       17  outlier    brand ''",
        "1882657810022417  2026-11-23T14:00:00Z       17  reordered  sent 42 places later",
        "1882657810022418  2026-11-23T14:00:00Z       18  outlier    name 'Metcon 9 Metcon 9 Metcon 9 Metcon 9 Metc…', 10,000 characters",
        "1882657810022419  2026-11-23T14:00:00Z       19  late       timestamp 838,697 ms older than the tick",
        "1882657810022419  2026-11-23T14:00:00Z       19  corrupt    truncated: 7 bytes cut off",
        "1882657810022420  2026-11-23T14:00:00Z       20  missing",
        "1882657810022421  2026-11-23T14:00:00Z       21  corrupt    schema id 2025161367",
        "1882657810022424  2026-11-23T14:00:00Z       24  missing",
        "1882657810022426  2026-11-23T14:00:00Z       26  late       timestamp 694,204 ms older than the tick",
        "1882657810022426  2026-11-23T14:00:00Z       26  corrupt    magic byte 63",
        "1882657810022429  2026-11-23T14:00:00Z       29  corrupt    truncated: 5 bytes cut off",
        "1882657810022432  2026-11-23T14:00:00Z       32  corrupt    truncated: 8 bytes cut off",
        "1882657810022433  2026-11-23T14:00:00Z       33  corrupt    magic byte 79",
        "1882657810022434  2026-11-23T14:00:00Z       34  late       timestamp 880,796 ms older than the tick",
        "1882657810022435  2026-11-23T14:00:00Z       35  outlier    rating 11",
    ];

    private static readonly string[] Score =
    [
        "kind       faulty  flagged  found  precision  recall",
        "late            4        3      1     33.3 %  25.0 %",
        "repeated        6        2      0      0.0 %   0.0 %",
        "corrupt        15        2      1     50.0 %   6.7 %",
        "missing         4        2      0      0.0 %   0.0 %",
        "outlier        12        2      0      0.0 %   0.0 %",
        "reordered       3        2      0      0.0 %   0.0 %",
        "all            36        3      1     33.3 %   2.8 %",
        "1 id of these ticks that no shoe has",
        "1 id of other ticks, which do not count",
    ];
}
