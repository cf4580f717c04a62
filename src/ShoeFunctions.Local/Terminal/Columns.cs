namespace ShoeFunctions.Local.Terminal;

/// <summary>How wide lines may be.</summary>
internal static class Columns
{
    /// <summary>What a terminal has that does not tell.</summary>
    private const int Usual = 80;

    /// <summary>Those of the terminal, by now.</summary>
    public static int OfTerminal
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and var width ? width : Usual;
            }
            catch (IOException)
            {
                return Usual;
            }
        }
    }

    /// <summary>Those of the standard output; a file or another program takes any.</summary>
    public static int OfOutput => Terminals.HaveOutput ? OfTerminal : int.MaxValue;
}
