using System.Globalization;
using ShoeFunctions.Local;

// What is printed is the same on every machine, whatever language it speaks.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

return await CommandLine.RunAsync(args);
