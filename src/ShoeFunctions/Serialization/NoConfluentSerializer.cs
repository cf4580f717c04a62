using Microsoft.Extensions.DependencyInjection;
using ShoeFunctions.Engine.Serialization;

namespace ShoeFunctions.Serialization;

/// <summary>What stands in for Confluent's serialiser in a build with <c>ConfluentSerializer=false</c>.</summary>
public static class ConfluentSerializerServices
{
    private static readonly ConfluentPart Absent = new(
        "SERIALIZER: 'confluent', but this build of the Functions app lacks Confluent's serialiser; accepted is engine, "
        + "or build the app with -p:ConfluentSerializer=true, which needs the package Confluent.SchemaRegistry.Serdes.Protobuf.");

    /// <summary>Makes <c>SERIALIZER=confluent</c> a wrong setting, with what to do about it.</summary>
    public static IServiceCollection AddConfluentSerializer(this IServiceCollection services) => services.AddSingleton(Absent);
}
