using Main;

namespace ShoeFunctions.Local.Tests.EmbeddedSchemaRegistry;

/// <summary>The schema of the shoes, in the forms in which clients send it, and changed.</summary>
internal static class ShoeSchemas
{
    public const string Text = """
        syntax = "proto3";
        package main;
        option go_package = "./pb";

        message Shoe {
            int64 id = 1;
            string brand = 2;
            string name = 3;
            double sale_price = 4;
            double rating = 5;
        }
        """;

    /// <summary>As a registry prints it.</summary>
    public const string Printed =
        "syntax = \"proto3\";\npackage main;\n\noption go_package = \"./pb\";\n\nmessage Shoe {\n  int64 id = 1;\n" +
        "  string brand = 2;\n  string name = 3;\n  double sale_price = 4;\n  double rating = 5;\n}\n";

    public const string OtherWhiteSpace =
        "syntax=\"proto3\";package main;\r\n\r\n\toption go_package='./pb';message Shoe{int64 id=1;string brand=2;string name=3;double sale_price=4;\ndouble rating=5;}";

    public static string Commented { get; } =
        "// What every record holds.\n" + Text.Replace("int64 id = 1;", "int64 id = 1; // unique\n/* \"for example\" */", StringComparison.Ordinal);

    public static string Base64 { get; } = ShoeReflection.Descriptor.SerializedData.ToBase64();

    public static string OneMoreField { get; } = With("string colour = 6;");

    public static string StringId { get; } = Text.Replace("int64 id", "string id", StringComparison.Ordinal);

    public static string Sint64Id { get; } = Text.Replace("int64 id", "sint64 id", StringComparison.Ordinal);

    /// <summary>The shoe with something more in it.</summary>
    public static string With(string fields) => Text.Replace("double rating = 5;", "double rating = 5; " + fields, StringComparison.Ordinal);
}
