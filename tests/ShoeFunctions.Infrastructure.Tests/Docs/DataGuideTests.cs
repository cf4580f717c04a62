using ShoeFunctions.Engine.Shoes;

namespace ShoeFunctions.Infrastructure.Tests.Docs;

/// <summary>docs/data.md; <c>script/pictures</c> draws its pictures anew.</summary>
public sealed class DataGuideTests
{
    private static readonly string Guide = Repository.Read("docs/data.md");

    [Fact]
    public void Its_pictures_are_those_that_the_generator_makes()
    {
        var pictures = DataPictures.Draw();
        foreach (var (name, drawn) in pictures)
        {
            var path = Repository.PathOf(Path.Combine("docs/data", name));
            if (Environment.GetEnvironmentVariable("DRAW_PICTURES") == "true")
                File.WriteAllText(path, drawn);
            Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == drawn, $"docs/data/{name} is not what the generator makes: run script/pictures.");
            Assert.Contains($"(data/{name})", Guide, StringComparison.Ordinal);
        }

        Assert.Equal(pictures.Keys.Order(), Directory.EnumerateFiles(Repository.PathOf("docs/data")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void It_counts_the_catalogue() =>
        Assert.Contains($"{ShoeCatalogue.Brands.Length} brands and {ShoeCatalogue.Models.Length} models", Guide, StringComparison.Ordinal);
}
