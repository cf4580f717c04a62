using ShoeFunctions.Local;

return await CommandLine.RunAsync(args);
