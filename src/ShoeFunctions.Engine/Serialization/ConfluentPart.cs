namespace ShoeFunctions.Engine.Serialization;

/// <summary>Whether this program has Confluent's own serialiser.</summary>
/// <param name="WhyNot">What is wrong with <c>SERIALIZER=confluent</c> here, as a sentence to a user; null where it is possible.</param>
public sealed record ConfluentPart(string? WhyNot)
{
    /// <summary>It is there.</summary>
    public static ConfluentPart Present { get; } = new(WhyNot: null);

    /// <summary>It is not, because only the Functions app can have it.</summary>
    public static ConfluentPart OnlyInTheApp { get; } = new("SERIALIZER: 'confluent' is for the Functions app only; accepted here is engine.");
}
