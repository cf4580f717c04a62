using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ShoeFunctions.Local.EmbeddedSchemaRegistry.Schemas;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry.Schemas;

public sealed class RandomFilesTests
{
    [Fact]
    public void Any_file_is_the_same_from_its_descriptor_and_from_its_text() =>
        RandomFiles.All.Sample(
            file =>
            {
                var descriptor = ProtobufSchemaText.Parse(file.ToByteString().ToBase64(), []);
                var text = ProtobufSchemaText.Parse(descriptor.Text, []);
                Assert.Equal(descriptor.Text, text.Text);
                Assert.Equal(Sorted(descriptor.File), Sorted(text.File));
            },
            iter: 300,
            print: file => $"{file}");

    [Fact]
    public void Any_file_can_read_what_was_written_with_itself() =>
        RandomFiles.All.Sample(
            file =>
            {
                var schema = ProtobufSchemaText.Parse(file.ToByteString().ToBase64(), []);
                Assert.Empty(ProtobufCompatibility.Differences(schema, schema));
            },
            iter: 100);

    /// <summary>In a text, kinds of things stand together that in a descriptor may stand in any order.</summary>
    private static FileDescriptorProto Sorted(FileDescriptorProto file)
    {
        var sorted = file.Clone();
        Sort(sorted.Extension, extension => extension.Name);
        Sort(sorted.MessageType, message => message.Name);
        foreach (var message in sorted.MessageType)
            Sort(message);
        return sorted;
    }

    private static void Sort(DescriptorProto message)
    {
        Sort(message.Field, field => field.Number);
        Sort(message.NestedType, nested => nested.Name);
        foreach (var nested in message.NestedType)
            Sort(nested);
    }

    private static void Sort<T, TKey>(Google.Protobuf.Collections.RepeatedField<T> items, Func<T, TKey> key)
    {
        var ordered = items.OrderBy(key).ToList();
        items.Clear();
        items.Add(ordered);
    }
}
