using System.Text.Json;
using Confluent.Kafka;
using Google.Protobuf;
using Main;
using ShoeFunctions.Engine.Shoes;
using ShoeFunctions.Engine.Ticks;
using ShoeFunctions.Local.EmbeddedKafka;
using ShoeFunctions.Local.Tests.EndToEnd;

namespace ShoeFunctions.Local.Tests.Auditing;

public sealed class TailVerbTests
{
    /// <summary>Kafka's numbers for what a consumer asks: records, and that its place be remembered.</summary>
    private const KafkaRequest Fetch = (KafkaRequest)1, OffsetCommit = (KafkaRequest)8;

    private static readonly Tick First = Tick.At(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    private const long Microseconds = 1_795_615_200_000_000;
    private static readonly Tick Last = new(First.UnixSeconds + 1);

    [Fact]
    public async Task The_newest_shoes_of_all_partitions_are_printed_newest_last_and_nothing_is_committed()
    {
        await using var cluster = await Cluster.StartAsync();
        Assert.Equal(0, (await cluster.RunAsync($"replay {Cluster.Range(First, Last)} --yes", ("KAFKA_MESSAGE_KEY", "brand"))).ExitCode);

        cluster.Kafka.StartCounting();
        var ended = await cluster.RunAsync("tail --count 45 --json");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.True(cluster.Kafka.Count(Fetch) > 0);
        Assert.Equal(0, cluster.Kafka.Count(OffsetCommit));

        var lines = Lines(ended.Output);
        Shoe[] expected = [.. Shoes(First)[^5..], .. Shoes(Last)];
        Assert.Equal(expected, lines.Select(line => new Shoe
        {
            Id = line.GetProperty("id").GetInt64(),
            Brand = line.GetProperty("brand").GetString(),
            Name = line.GetProperty("name").GetString(),
            SalePrice = line.GetProperty("salePrice").GetDouble(),
            Rating = line.GetProperty("rating").GetDouble(),
        }));
        Assert.All(lines.Zip(expected), pair =>
        {
            var (line, shoe) = pair;
            var time = Tick.OfShoe(shoe.Id).Time;
            Assert.Equal((time, time, shoe.Brand, 1), (
                line.GetProperty("tick").GetDateTimeOffset(), line.GetProperty("timestamp").GetDateTimeOffset(), line.GetProperty("key").GetString(), line.GetProperty("schemaId").GetInt32()));
            Assert.Equal(
                $$"""{"content-type":"application/x-protobuf","shoe-id":"{{shoe.Id}}","shoe-brand":"{{shoe.Brand}}"}""", line.GetProperty("headers").GetRawText());
            Assert.False(line.TryGetProperty("foreign", out _));
        });
        Assert.Equal(lines.Length, lines.DistinctBy(line => (line.GetProperty("partition").GetInt32(), line.GetProperty("offset").GetInt64())).Count());
    }

    [Fact]
    public async Task Without_more_words_they_are_the_last_ten_as_a_table()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        await cluster.RunAsync($"replay {Cluster.Range(First, First)} --yes");
        var ended = await cluster.RunAsync("tail");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var lines = ended.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(["time", "id", "brand", "name", "price", "rating", "partition", "offset"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.Equal(
            Shoes(First)[^10..].Select((shoe, index) => $"{First}{shoe.Id}{shoe.Brand}{shoe.Name}{shoe.SalePrice:0.00}{shoe.Rating:0.0}0{Cluster.Batch - 10 + index}".Replace(" ", "")),
            lines[1..].Select(line => line.Replace(" ", "")));
    }

    [Fact]
    public async Task Foreign_records_are_said_to_be_so_and_cannot_move_a_terminals_cursor()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        await cluster.WriteAsync("not a shoe"u8.ToArray(), First);
        await cluster.WriteAsync([0, 0, 0, 0, 9, 2, 4], new Tick(First.UnixSeconds + 1), ("who", "another"));
        var trick = new Shoe { Id = long.MaxValue, Brand = "\e[2J\nNike", Name = "D'Lites", SalePrice = 1, Rating = 5 };
        await cluster.WriteAsync([0, 0, 0, 0, 7, 0, .. trick.ToByteArray()], new Tick(First.UnixSeconds + 2));

        var table = await cluster.RunAsync("tail");
        Assert.Equal((0, "Topic js_shoe has 3 in all.\n"), (table.ExitCode, table.Errors));
        var lines = table.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches("^2026-11-23T14:00:00Z +– +foreign +it is not in Confluent's wire format .* 0$", lines[1]);
        Assert.Matches("^2026-11-23T14:00:01Z +– +foreign +it is not the first message of its schema", lines[2]);
        Assert.Contains($"{long.MaxValue}  ?[2J?Nike  D'Lites", lines[3], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', table.Output);

        var json = Lines((await cluster.RunAsync("tail --json")).Output);
        Assert.Equal(
            """{"foreign":"it is not in Confluent's wire format","partition":0,"offset":0,"timestamp":"2026-11-23T14:00:00+00:00","headers":{},"bytes":10}""",
            json[0].GetRawText());
        Assert.Equal((9, "another"), (json[1].GetProperty("schemaId").GetInt32(), json[1].GetProperty("headers").GetProperty("who").GetString()));
        Assert.Equal((trick.Brand, false), (json[2].GetProperty("brand").GetString(), json[2].TryGetProperty("tick", out _)));
    }

    [Fact]
    public async Task A_timestamp_and_a_price_that_are_none_are_shown_as_they_are_and_end_nothing()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        var shoe = new Shoe { Id = 7, Brand = "Nike", Name = "Dunk", SalePrice = double.NaN, Rating = double.PositiveInfinity };
        await cluster.WriteAsync([0, 0, 0, 0, 7, 0, .. shoe.ToByteArray()], First);
        using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = cluster.Kafka.BootstrapServers }).Build())
            await producer.ProduceAsync(
                "js_shoe", new Message<Null, byte[]> { Value = "not a shoe"u8.ToArray(), Timestamp = new Timestamp(Microseconds, TimestampType.CreateTime) }, TestContext.Current.CancellationToken);

        var lines = Lines((await cluster.RunAsync("tail --json")).Output);
        Assert.Equal(("NaN", "Infinity"), (lines[0].GetProperty("salePrice").GetString(), lines[0].GetProperty("rating").GetString()));
        Assert.Equal((Microseconds, false), (lines[1].GetProperty("timestampMs").GetInt64(), lines[1].TryGetProperty("timestamp", out _)));

        var table = await cluster.RunAsync("tail");
        Assert.Equal(0, table.ExitCode);
        Assert.Matches(@"Dunk +NaN +Infinity", table.Output);
        Assert.Contains($"{Microseconds} ms", table.Output, StringComparison.Ordinal);

        var (exitCode, outcome) = await cluster.AuditAsync(First, First, settings: ("BATCH_SIZE", "1"));
        Assert.Equal((1, 1, 1), (exitCode, outcome.GetProperty("missing").GetInt32(), outcome.GetProperty("foreign").GetInt32()));
    }

    [Fact]
    public async Task An_empty_topic_is_said_and_done()
    {
        await using var cluster = await Cluster.StartAsync();
        var ended = await cluster.RunAsync("tail --json");
        Assert.Equal((0, "", "Topic js_shoe has no records.\n"), (ended.ExitCode, ended.Output, ended.Errors));
    }

    [Fact]
    public async Task A_topic_that_is_not_there_and_brokers_that_are_down_are_said_in_one_line()
    {
        await using var cluster = await Cluster.StartAsync();
        var unknown = await cluster.RunAsync("tail", ("KAFKA_TOPIC", "other"));
        Assert.Equal((1, ""), (unknown.ExitCode, unknown.Output));
        Assert.StartsWith("The cluster has no topic other", Assert.Single(unknown.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);

        cluster.Kafka.TakeDown();
        var down = await cluster.RunAsync("tail", ("KAFKA_TIMEOUT", "1s"));
        Assert.Equal((1, ""), (down.ExitCode, down.Output));
        Assert.StartsWith("The brokers cannot be reached", Assert.Single(down.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tail", "KAFKA_BOOTSTRAP_SERVERS is not set")]
    [InlineData("tail --count 0", "--count: '0'; accepted is a whole number from 1 to 10000")]
    [InlineData("tail --count ten", "--count: 'ten'; accepted is a whole number from 1 to 10000")]
    [InlineData("tail --follow", "'--follow'")]
    public async Task Wrong_usage_ends_it_with_2_and_one_clear_line(string arguments, string message)
    {
        var ended = await ShoesCommand.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(message, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static Shoe[] Shoes(Tick tick) => [.. new ShoeGenerator(0).Shoes(tick, Cluster.Batch).Select(shoe => shoe.ToMessage())];

    private static JsonElement[] Lines(string output) => [.. output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line))];
}
