using System.Globalization;
using ShoeFunctions.Local.Commands;
using ShoeFunctions.Local.Terminal;

// What is printed is the same on every machine, whatever language it speaks; the build says so too, but a variable of the
// environment can undo that.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

try
{
    return await CommandLine.RunAsync(args);
}
catch (Exception)
{
    // Not even the console could be had.
    return LastWords.Whisper();
}
