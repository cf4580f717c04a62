using System.Reflection;
using Confluent.SchemaRegistry;

namespace ShoeFunctions.Engine.Tests.Doubles;

/// <summary>A registry client that gives every schema the id 7, or fails as it is told to.</summary>
public class RegistryDouble : DispatchProxy
{
    public const int SchemaId = 7;

    public Exception? Fault { get; set; }

    public RuleSet? Rules { get; set; }

    public List<string> Calls { get; } = [];

    public static (ISchemaRegistryClient Client, RegistryDouble Double) Create()
    {
        var client = Create<ISchemaRegistryClient, RegistryDouble>();
        return (client, (RegistryDouble)(object)client);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IDisposable.Dispose))
            return null;

        Calls.Add(targetMethod.Name);
        if (Fault is not null)
            throw Fault;
        return targetMethod.Name switch
        {
            nameof(ISchemaRegistryClient.RegisterSchemaAsync) or nameof(ISchemaRegistryClient.GetSchemaIdAsync) => Task.FromResult(SchemaId),
            nameof(ISchemaRegistryClient.GetLatestSchemaAsync) => Task.FromResult(
                new RegisteredSchema((string)args![0]!, 1, SchemaId, "syntax = \"proto3\";", SchemaType.Protobuf, []) { RuleSet = Rules }),
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }
}
