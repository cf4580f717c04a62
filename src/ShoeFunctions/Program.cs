using Microsoft.Azure.Functions.Worker.Builder;
using ShoeFunctions.Engine;
using ShoeFunctions.Hosting;
using ShoeFunctions.Serialization;

var builder = FunctionsApplication.CreateBuilder(args);

builder.Services.AddShoes(traced: "Microsoft.Azure.Functions.Worker");
builder.Services.AddChunks(builder.Configuration);
builder.Services.AddConfluentSerializer();
builder.UseFunctionsHost();

builder.Build().RunToTheEnd();
