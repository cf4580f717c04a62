using Google.Protobuf.Reflection;
using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.Schemas;

public sealed class ProtobufPrinterTests
{
    /// <summary>The whole language, in the form in which the registry prints it.</summary>
    private const string Proto2 = """
        syntax = "proto2";
        package a.b;

        import "google/protobuf/descriptor.proto";
        import public "google/protobuf/timestamp.proto";
        import weak "google/protobuf/any.proto";

        option java_package = "x\"y\\\n\001ü";
        option optimize_for = CODE_SIZE;
        option deprecated = true;
        option (a.b.word) = "hello";
        option (a.b.note) = { text: "x" number: -5 inner: { text: "q" } list: 1 list: 2 ratio: 1.5 flag: true kind: TWO raw: "\377\000a" };

        message Note {
          extensions 100 to 199;
          extensions 300;
          extensions 1000 to max;

          optional string text = 1;
          optional sint32 number = 2;
          optional .a.b.Note inner = 3;
          repeated int32 list = 4 [packed = true];
          optional double ratio = 5;
          optional bool flag = 6;
          optional .a.b.Kind kind = 7;
          optional bytes raw = 8;
        }

        message Everything {
          reserved 5, 7 to 9, 1000 to max;
          reserved "foo", "bar";

          option deprecated = true;
          option (a.b.marked) = true;

          required int32 a = 1 [default = -1, deprecated = true];
          optional string s = 2 [default = "q\"\n\001ü", json_name = "sss"];
          optional bytes y = 3 [default = "\001\377\"\'\\"];
          optional double d = 4 [default = inf, (a.b.kinds) = ONE, (a.b.kinds) = MINUS];
          optional float f = 6 [default = -inf];
          optional double n = 10 [default = nan];
          repeated int32 p = 11 [packed = true];
          optional group Part = 12 {
            optional int32 x = 1;

            message Deep {}
          }
          map<string, .a.b.Note> notes = 13;
          optional .a.b.Kind kind = 14 [default = TWO];
          optional .google.protobuf.Timestamp at = 15;
          optional uint64 u = 16 [default = 18446744073709551615, jstype = JS_STRING];
          optional bool t = 17 [default = true, debug_redact = true];

          oneof choice {
            option (a.b.why) = "because";

            int32 c1 = 20;
            string c2 = 21 [deprecated = true];
            group Other = 22 {
              optional int32 x = 1;
            }
          }

          message Nested {
            optional .a.b.Everything.Level level = 1;

            enum Level {
              LOW = 0;
            }
          }

          enum Level {
            NONE = 0;
          }

          extend .a.b.Note {
            optional int32 ex = 100;
          }
        }

        enum Kind {
          reserved 5, 7 to 9, 20 to max;
          reserved "X";

          option allow_alias = true;

          ONE = 0;
          TWO = 1;
          ZWEI = 1 [deprecated = true];
          MINUS = -1;
        }

        extend .google.protobuf.FileOptions {
          optional string word = 50000;
          optional .a.b.Note note = 50001;
        }

        extend .google.protobuf.FieldOptions {
          repeated .a.b.Kind kinds = 50003;
        }

        extend .google.protobuf.MessageOptions {
          optional bool marked = 50004;
        }

        extend .google.protobuf.OneofOptions {
          optional string why = 50005;
        }

        service Store {
          option deprecated = true;

          rpc Get (.a.b.Note) returns (.a.b.Everything);
          rpc Talk (stream .a.b.Note) returns (stream .a.b.Note) {
            option deprecated = true;
            option idempotency_level = NO_SIDE_EFFECTS;
          }
        }

        """;

    private const string Proto3 = """
        syntax = "proto3";

        message M {
          int32 a = 1;
          optional int32 b = 2;
          repeated string c = 3;
          repeated int32 d = 4 [packed = false];
          map<int32, .M> e = 5;
          optional .M f = 6;

          oneof o {
            int32 g = 7;
          }
        }

        """;

    [Theory]
    [InlineData(Proto2)]
    [InlineData(Proto3)]
    [InlineData(ShoeSchemas.Printed)]
    public void What_is_printed_is_printed_again_the_same(string text)
    {
        var schema = ProtobufSchemaText.Parse(text, []);

        Assert.Equal(text, schema.Text);
        Assert.Equal(text, ProtobufSchemaText.Parse(schema.Serialized, []).Text);
    }

    [Fact]
    public void The_shoe_is_the_same_from_its_text_and_from_its_generated_descriptor()
    {
        var text = ProtobufSchemaText.Parse(ShoeSchemas.Commented, []);
        var descriptor = ProtobufSchemaText.Parse(ShoeSchemas.Base64, []);

        Assert.Equal(ShoeSchemas.Printed, text.Text);
        Assert.Equal(text.Key, descriptor.Key);
        Assert.Equal(text.File, descriptor.File);
    }

    [Theory]
    [InlineData("syntax = \"proto2\"; message M { extensions 4, 20 to 30, 100 to max; }", "extensions 4;\n  extensions 20 to 30;\n  extensions 100 to max;\n")]
    [InlineData("syntax = \"proto3\"; message M { int32 a_b = 1 [json_name = \"aB\"]; int32 c_d = 2 [json_name = \"cd\"]; }", "int32 a_b = 1;\n  int32 c_d = 2 [json_name = \"cd\"];\n")]
    [InlineData("syntax = \"proto3\"; message M { oneof o { int32 a = 1; } int32 b = 2; }", "int32 b = 2;\n\n  oneof o {\n    int32 a = 1;\n  }\n")]
    [InlineData("syntax = \"proto3\"; message M { N n = 1; message N { } }", ".M.N n = 1;\n\n  message N {}\n")]
    [InlineData("syntax = \"proto3\"; message M { reserved 1 to 3, 9; reserved 'a' , \"b\"; }", "reserved 1 to 3, 9;\n  reserved \"a\", \"b\";\n")]
    public void Ways_to_write_the_same_become_one(string text, string body) =>
        Assert.Contains($"message M {{\n  {body}}}\n", ProtobufSchemaText.Parse(text, []).Text, StringComparison.Ordinal);

    [Fact]
    public void A_text_without_a_syntax_is_proto2() =>
        Assert.Equal("syntax = \"proto2\";\n\nmessage M {}\n", ProtobufSchemaText.Parse("message M { }", []).Text);

    [Fact]
    public void An_option_that_nobody_defines_is_invalid()
    {
        var error = Assert.Throws<InvalidSchemaException>(() => ProtobufSchemaText.Parse("syntax = \"proto3\"; message M { int32 a = 1 [(nope) = true]; }", []));
        Assert.Contains("unable to resolve custom option 'nope'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_of_the_well_known_types_are_read_and_printed()
    {
        FileDescriptor[] files =
        [
            Google.Protobuf.WellKnownTypes.AnyReflection.Descriptor,
            Google.Protobuf.WellKnownTypes.ApiReflection.Descriptor,
            Google.Protobuf.WellKnownTypes.StructReflection.Descriptor,
            Google.Protobuf.WellKnownTypes.TypeReflection.Descriptor,
            Google.Protobuf.WellKnownTypes.WrappersReflection.Descriptor,
        ];
        Assert.All(files, file =>
        {
            var schema = ProtobufSchemaText.Parse(file.SerializedData.ToBase64(), []);
            Assert.Equal(schema.Text, ProtobufSchemaText.Parse(schema.Text, []).Text);
        });
    }
}
