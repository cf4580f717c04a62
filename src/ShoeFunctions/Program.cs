using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using ShoeFunctions.Engine;
using ShoeFunctions.Hosting;
using ShoeFunctions.Serialization;

var builder = FunctionsApplication.CreateBuilder(args);

builder.Services.AddShoes(traced: "Microsoft.Azure.Functions.Worker");
builder.Services.AddConfluentSerializer();
builder.UseFunctionsHost();

try
{
    builder.Build().Run();
}
catch (OperationCanceledException)
{
    // To stop took longer than the host waits. What is not written down is made up for by the next run.
    Console.WriteLine("The end took too long: the next run makes up for the tick that it cut short.");
}
