using YamlDotNet.RepresentationModel;

namespace ShoeFunctions.Infrastructure.Tests;

/// <summary>Reads YAML files of the repository.</summary>
internal static class Yaml
{
    public static YamlMappingNode Read(string path)
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read(path));
        yaml.Load(text);
        return (YamlMappingNode)Assert.Single(yaml.Documents).RootNode;
    }

    public static YamlMappingNode Map(YamlMappingNode node, string key) => (YamlMappingNode)node.Children[key];

    public static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node.Children[key]).Value!;

    /// <summary>The list's items, or none where it is not there.</summary>
    public static IEnumerable<string> List(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var list) ? ((YamlSequenceNode)list).Children.Select(item => ((YamlScalarNode)item).Value!) : [];
}
