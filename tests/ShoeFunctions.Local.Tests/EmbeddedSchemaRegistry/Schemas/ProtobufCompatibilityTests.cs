using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.Schemas;

/// <summary>Rule by rule: what keeps the second schema from reading what was written with the first, and the other way round.</summary>
public sealed class ProtobufCompatibilityTests
{
    private const string Proto3 = "syntax = \"proto3\"; ";
    private const string Stamp = "import \"google/protobuf/timestamp.proto\"; import \"google/protobuf/duration.proto\"; ";

    [Theory]
    [InlineData("a field added", "message M { int32 a = 1; }", "message M { int32 a = 1; int32 b = 2; }", "", "")]
    [InlineData("a field renamed", "message M { int32 a = 1; }", "message M { int32 b = 1; }", "", "")]
    [InlineData("a field renumbered", "message M { int32 a = 1; }", "message M { int32 a = 2; }", "", "")]
    [InlineData("a package changed", "package x; message M { N n = 1; } message N { }", "package y; message M { N n = 1; } message N { }", "", "")]
    [InlineData("file options changed", "option java_package = \"a\"; message M { }", "option java_package = \"b\"; message M { }", "", "")]
    [InlineData("messages reordered", "message M { } message N { }", "message N { } message M { }", "", "")]
    [InlineData("a message added or removed", "message M { }", "message M { } message N { }", "", "MESSAGE_REMOVED #/N")]
    [InlineData("a message renamed", "message M { }", "message N { }", "MESSAGE_REMOVED #/M", "MESSAGE_REMOVED #/N")]
    [InlineData("a nested message added or removed", "message M { }", "message M { message N { } }", "", "MESSAGE_REMOVED #/M/N")]
    [InlineData("a nested message's field changed", "message M { message N { int32 a = 1; } }", "message M { message N { float a = 1; } }", "FIELD_SCALAR_KIND_CHANGED #/M/N/1", "FIELD_SCALAR_KIND_CHANGED #/M/N/1")]
    [InlineData("an enum added or removed", "message M { }", "message M { } enum E { A = 0; }", "", "")]
    [InlineData("an enum's constant added or removed", "enum E { A = 0; } message M { E e = 1; }", "enum E { A = 0; B = 1; } message M { E e = 1; }", "", "")]
    [InlineData("an enum's constant renamed", "enum E { A = 0; }", "enum E { B = 0; }", "", "")]
    [InlineData("a singular message made repeated", "message M { N n = 1; } message N { }", "message M { repeated N n = 1; } message N { }", "", "")]
    [InlineData("a singular string made repeated", "message M { string a = 1; }", "message M { repeated string a = 1; }", "", "")]
    [InlineData("a singular number made repeated", "message M { int32 a = 1; }", "message M { repeated int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "FIELD_NUMERIC_LABEL_CHANGED #/M/1")]
    [InlineData("a bare field made optional", "message M { int32 a = 1; }", "message M { optional int32 a = 1; }", "", "")]
    [InlineData("a number made a message", "message M { int32 a = 1; } message N { }", "message M { N a = 1; } message N { }", "FIELD_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1")]
    [InlineData("a message made another", "message M { A a = 1; } message A { } message B { }", "message M { B a = 1; } message A { } message B { }", "FIELD_NAMED_TYPE_CHANGED #/M/1", "FIELD_NAMED_TYPE_CHANGED #/M/1")]
    [InlineData("a number made an enum", "message M { int32 a = 1; } enum E { A = 0; }", "message M { E a = 1; } enum E { A = 0; }", "", "")]
    [InlineData("a map's key changed", "message M { map<int32, int32> a = 1; }", "message M { map<string, int32> a = 1; }", "FIELD_SCALAR_KIND_CHANGED #/M/1", "FIELD_SCALAR_KIND_CHANGED #/M/1")]
    [InlineData("a map's value changed", "message M { map<int32, float> a = 1; }", "message M { map<int32, double> a = 1; }", "FIELD_SCALAR_KIND_CHANGED #/M/1", "FIELD_SCALAR_KIND_CHANGED #/M/1")]
    [InlineData("a map's value widened", "message M { map<int32, int32> a = 1; }", "message M { map<int64, int64> a = 1; }", "", "")]
    [InlineData("a map made messages", "message M { map<int32, int32> a = 1; }", "message M { repeated N a = 1; message N { int32 key = 1; int32 value = 2; } }", "FIELD_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1,MESSAGE_REMOVED #/M/N")]
    [InlineData("an imported type changed", Stamp + "message M { google.protobuf.Timestamp t = 1; }", Stamp + "message M { google.protobuf.Duration t = 1; }", "FIELD_NAMED_TYPE_CHANGED #/M/1", "FIELD_NAMED_TYPE_CHANGED #/M/1")]
    [InlineData("an imported type that refers to itself", "import \"google/protobuf/struct.proto\"; message M { google.protobuf.Struct s = 1; }", "import \"google/protobuf/struct.proto\"; message M { google.protobuf.Struct s = 1; int32 b = 2; }", "", "")]
    [InlineData("a type that refers to itself", "message M { M m = 1; }", "message M { M m = 1; int32 a = 2; }", "", "")]
    [InlineData("a oneof added with new fields", "message M { int32 a = 1; }", "message M { int32 a = 1; oneof o { int32 b = 2; int32 c = 3; } }", "", "")]
    [InlineData("a field moved into a new oneof, or out of it", "message M { int32 a = 1; int32 b = 2; }", "message M { int32 a = 1; oneof o { int32 b = 2; } }", "", "")]
    [InlineData("two fields moved into a new oneof, or out of it", "message M { int32 a = 1; int32 b = 2; }", "message M { oneof o { int32 a = 1; int32 b = 2; } }", "MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o", "")]
    [InlineData("a field moved into a oneof that exists, or out of it", "message M { int32 a = 1; oneof o { int32 b = 2; } }", "message M { oneof o { int32 b = 2; int32 a = 1; } }", "FIELD_MOVED_TO_EXISTING_ONEOF #/M/o", "")]
    [InlineData("two optional fields moved into a oneof, or out of it", "message M { optional int32 a = 1; optional int32 b = 2; }", "message M { oneof o { int32 a = 1; int32 b = 2; } }", "MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o", "")]
    [InlineData("a field added to a oneof, or removed from it", "message M { oneof o { int32 a = 1; } }", "message M { oneof o { int32 a = 1; int32 b = 2; } }", "", "ONEOF_FIELD_REMOVED #/M/o/2")]
    [InlineData("a oneof renamed", "message M { oneof o { int32 a = 1; int32 b = 2; } }", "message M { oneof p { int32 a = 1; int32 b = 2; } }", "", "")]
    [InlineData("a oneof renamed and a field of it dropped", "message M { oneof o { int32 a = 1; int32 b = 2; } }", "message M { oneof p { int32 a = 1; } }", "ONEOF_FIELD_REMOVED #/M/o/2", "")]
    [InlineData("two oneofs merged", "message M { oneof o { int32 a = 1; } oneof p { int32 b = 2; } }", "message M { oneof q { int32 a = 1; int32 b = 2; } }", "FIELD_MOVED_TO_EXISTING_ONEOF #/M/q", "")]
    [InlineData("a field moved between oneofs", "message M { oneof o { int32 a = 1; int32 b = 2; } oneof p { int32 c = 3; } }", "message M { oneof o { int32 a = 1; } oneof p { int32 c = 3; int32 b = 2; } }", "FIELD_MOVED_TO_EXISTING_ONEOF #/M/p", "FIELD_MOVED_TO_EXISTING_ONEOF #/M/o")]
    [InlineData("a oneof's field changed", "message M { oneof o { int32 a = 1; } }", "message M { oneof o { string a = 1; } }", "FIELD_SCALAR_KIND_CHANGED #/M/o/1", "FIELD_SCALAR_KIND_CHANGED #/M/o/1")]
    [InlineData("a field moved into a oneof and changed", "message M { int32 a = 1; }", "message M { oneof o { sint64 a = 1; } }", "FIELD_SCALAR_KIND_CHANGED #/M/o/1", "FIELD_SCALAR_KIND_CHANGED #/M/1")]
    public void A_rule_of_proto3_holds_in_both_directions(string rule, string old, string present, string readingOld, string readingPresent) =>
        Compare(rule, Proto3 + old, Proto3 + present, readingOld, readingPresent);

    [Theory]
    [InlineData("a required field added, or removed", "message M { }", "message M { required int32 a = 1; }", "REQUIRED_FIELD_ADDED #/M/1", "REQUIRED_FIELD_REMOVED #/M/1")]
    [InlineData("an optional field added, or removed", "message M { }", "message M { optional int32 a = 1; }", "", "")]
    [InlineData("an optional number made required", "message M { optional int32 a = 1; }", "message M { required int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "FIELD_NUMERIC_LABEL_CHANGED #/M/1")]
    [InlineData("a default changed", "message M { optional int32 a = 1 [default = 1]; }", "message M { optional int32 a = 1 [default = 2]; }", "", "")]
    [InlineData("a group made a message", "message M { optional group G = 1 { } }", "message M { optional G g = 1; message G { } }", "FIELD_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1")]
    [InlineData("a group's field changed", "message M { optional group G = 1 { optional int32 a = 1; } }", "message M { optional group G = 1 { optional float a = 1; } }", "FIELD_SCALAR_KIND_CHANGED #/M/G/1,FIELD_NAMED_TYPE_CHANGED #/M/1", "FIELD_SCALAR_KIND_CHANGED #/M/G/1,FIELD_NAMED_TYPE_CHANGED #/M/1")]
    [InlineData("a group added, or removed", "message M { }", "message M { optional group G = 1 { } }", "", "")]
    public void A_rule_of_proto2_holds_in_both_directions(string rule, string old, string present, string readingOld, string readingPresent) =>
        Compare(rule, "syntax = \"proto2\"; " + old, "syntax = \"proto2\"; " + present, readingOld, readingPresent);

    public static TheoryData<string, string, bool> Kinds
    {
        get
        {
            string[][] groups =
            [
                ["int32", "int64", "uint32", "uint64", "bool", "E"],
                ["sint32", "sint64"],
                ["fixed32", "sfixed32"],
                ["fixed64", "sfixed64"],
                ["string", "bytes"],
                ["float"],
                ["double"],
            ];
            return
            [
                .. from old in groups
                   from present in groups
                   from one in old
                   from other in present
                   select (one, other, old == present),
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kinds_with_the_same_wire_type_and_meaning_can_be_read_as_each_other(string old, string present, bool isCompatible) =>
        Compare(
            $"{old} to {present}",
            $"{Proto3} enum E {{ A = 0; }} message M {{ {old} a = 1; }}",
            $"{Proto3} enum E {{ A = 0; }} message M {{ {present} a = 1; }}",
            isCompatible ? "" : "FIELD_SCALAR_KIND_CHANGED #/M/1",
            isCompatible ? "" : "FIELD_SCALAR_KIND_CHANGED #/M/1");

    [Fact]
    public void A_type_of_another_version_of_an_imported_file_is_compared_too()
    {
        const string main = Proto3 + "import \"n.proto\"; message M { x.N n = 1; }";
        var old = ProtobufSchemaText.Parse(main, [(new("n.proto", "n", 1), ProtobufSchemaText.Parse(Proto3 + "package x; message N { int32 a = 1; }", []))]);
        var present = ProtobufSchemaText.Parse(main, [(new("n.proto", "n", 2), ProtobufSchemaText.Parse(Proto3 + "package x; message N { string a = 1; }", []))]);

        Assert.Equal("FIELD_SCALAR_KIND_CHANGED #/N/1,FIELD_NAMED_TYPE_CHANGED #/M/1", Told(old, present));
        Assert.Equal("", Told(old, old));
    }

    private static void Compare(string rule, string old, string present, string readingOld, string readingPresent)
    {
        var first = ProtobufSchemaText.Parse(old, []);
        var second = ProtobufSchemaText.Parse(present, []);
        Assert.Equal((rule, readingOld), (rule, Told(first, second)));
        Assert.Equal((rule, readingPresent), (rule, Told(second, first)));
    }

    private static string Told(ProtobufSchema writer, ProtobufSchema reader) =>
        string.Join(',', ProtobufCompatibility.Differences(writer, reader).Select(difference => $"{difference.Type} {difference.Path}"));
}
