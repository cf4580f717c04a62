using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Serialization;

var builder = FunctionsApplication.CreateBuilder(args);

builder.Services.AddShoes(traced: "Microsoft.Azure.Functions.Worker");
builder.Services.AddConfluentSerializer();
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4.5));

builder.Build().Run();
