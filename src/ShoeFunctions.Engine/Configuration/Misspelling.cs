namespace ShoeFunctions.Engine.Configuration;

/// <summary>What is meant where a name is typed that does not exist.</summary>
public static class Misspelling
{
    /// <summary>So many letters may have one mistake: one typed wrong, left out, too much or swapped..</summary>
    private const int LettersAMistake = 5;

    /// <summary>What it is nearest to, where it is near to any. Most names that are not meant are not even as long.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">What could have been.</param>
    /// <param name="nameOf">The name of one of these.</param>
    /// <param name="fewest">How many mistakes the shortest name may have.</param>
    public static T? Of<T>(string typed, IEnumerable<T> known, Func<T, string> nameOf, int fewest = 0) where T : class
    {
        var most = Math.Max(fewest, typed.Length / LettersAMistake);
        return known
            .Where(candidate => Math.Abs(nameOf(candidate).Length - typed.Length) <= most)
            .Select(candidate => new { Candidate = candidate, Mistakes = Mistakes(typed, nameOf(candidate)) })
            .Where(near => near.Mistakes <= most)
            .MinBy(near => near.Mistakes)?.Candidate;
    }

    /// <summary>How many letters were typed wrong, left out, too much, or swapped with the next (optimal string alignment distance).</summary>
    private static int Mistakes(string typed, string meant)
    {
        var table = new int[typed.Length + 1, meant.Length + 1];
        for (var i = 0; i <= typed.Length; i++)
            for (var j = 0; j <= meant.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                table[i, j] = Math.Min(
                    Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                    table[i - 1, j - 1] + (typed[i - 1] == meant[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && typed[i - 1] == meant[j - 2] && typed[i - 2] == meant[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }

        return table[typed.Length, meant.Length];
    }
}
