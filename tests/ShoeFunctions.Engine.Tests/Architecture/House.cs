using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Assembly = System.Reflection.Assembly;
using Type = System.Type;

namespace ShoeFunctions.Engine.Tests.Architecture;

/// <summary>An assembly as a house: each folder under its root is a room, which uses rooms below it alone.</summary>
/// <param name="assembly">The assembly; its root namespace is its name.</param>
/// <param name="rooms">All its rooms, from the ground up; the root, which uses all, is not among them.</param>
internal sealed class House(Assembly assembly, params string[] rooms)
{
    /// <summary>What stands for the root.</summary>
    public const string Root = "(root)";

    private readonly string _name = assembly.GetName().Name!;
    private readonly ArchUnitNET.Domain.Architecture _architecture = new ArchLoader().LoadAssembly(assembly).Build();

    private IEnumerable<string> Rooms => _architecture.Types.Select(RoomOf).OfType<string>().Where(room => room != Root).Distinct().Order();

    /// <summary>Fails where a room uses another that is not below it, or has no floor.</summary>
    public void AssertThatAllStairsLeadDown()
    {
        Assert.Equal(rooms.Order(), Rooms);
        var up = StairsUp().ToArray();
        Assert.True(up.Length == 0, string.Join('\n', up));
    }

    /// <summary>What uses a room that is not below its own, one line each.</summary>
    private IEnumerable<string> StairsUp() =>
        from type in _architecture.Types
        let room = RoomOf(type)
        where room is not (null or Root)
        from other in type.Dependencies.Select(dependency => dependency.Target).Where(target => target is not GenericParameter).Distinct()
        let below = RoomOf(other)
        where below is not null && below != room && Array.IndexOf(rooms, room) is var floor && (below == Root || Array.IndexOf(rooms, below) > floor)
        orderby room, type.FullName
        select $"{room} uses {below}: {type.Name} uses {other.Name}";

    /// <summary>Fails where two rooms reach each other, by any way round.</summary>
    public void AssertThatNoRoomsReachEachOther() => SliceRuleDefinition.Slices().Matching($"{_name}.(*)").Should().BeFreeOfCycles().Check(_architecture);

    /// <summary>The rooms whose code calls a method.</summary>
    /// <param name="type">The full name of the type that has it.</param>
    /// <param name="method">Its name.</param>
    public IEnumerable<string> RoomsThatCall(string type, string method) => (
        from caller in _architecture.Types
        from call in caller.Dependencies.OfType<MethodCallDependency>()
        where call.Target.FullName == type && call.TargetMember.Name.StartsWith(method + "(", StringComparison.Ordinal)
        select RoomOf(caller)).OfType<string>().Distinct().Order();

    /// <summary>The rooms that have calls of native code.</summary>
    public IEnumerable<string> RoomsWithNativeCalls() => RoomsWith(type => Methods(type).Any(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)));

    /// <summary>The rooms whose code has pointers, in a field, a signature or a method's body.</summary>
    public IEnumerable<string> RoomsWithPointers() => RoomsWith(type =>
        type.GetFields(All).Any(field => field.FieldType.IsPointer)
        || Methods(type).Any(method =>
            method is MethodInfo { ReturnType.IsPointer: true }
            || method.GetParameters().Any(parameter => parameter.ParameterType.IsPointer)
            || method.GetMethodBody()?.LocalVariables.Any(variable => variable.LocalType.IsPointer) == true));

    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static IEnumerable<MethodBase> Methods(Type type) => [.. type.GetMethods(All), .. type.GetConstructors(All)];

    private IEnumerable<string> RoomsWith(Func<Type, bool> has) => assembly.GetTypes().Where(has).Select(type => RoomOf(type.Namespace)).OfType<string>().Distinct().Order();

    private string? RoomOf(IType type) => RoomOf(type.Namespace?.FullName);

    private string? RoomOf(string? name) =>
        name == _name ? Root : name?.StartsWith(_name + ".", StringComparison.Ordinal) == true ? name[(_name.Length + 1)..].Split('.')[0] : null;
}
