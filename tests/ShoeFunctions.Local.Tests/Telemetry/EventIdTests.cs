using System.Reflection;
using Microsoft.Extensions.Logging;
using ShoeFunctions.Engine.Configuration;
using ShoeFunctions.Local.Commands;

namespace ShoeFunctions.Local.Tests.Telemetry;

/// <summary>Alerts and queries are built on event ids: what has one keeps it, and no other gets it.</summary>
public sealed class EventIdTests
{
    private static readonly string[] Known =
    [
        "100 TickLog.Delivered",
        "101 TickLog.Failed",
        "102 TickRunner.Skipped",
        "103 TickRunner.NoProgress",
        "104 TickRunner.Ahead",
        "105 ClusterWatch.TakenOver",
        "106 ClusterWatch.Found",
        "107 ClusterWatch.Begun",
        "110 FanOut.Opened",
        "111 FanOut.Full",
        "112 FanOut.QueuedAgain",
        "113 FanOut.Untended",
        "114 ChunkBook.Left",
        "115 CommittedTicks.Recovered",
        "116 StandBy.Fenced",
        "117 StandBy.TakesOver",
        "120 ChunkRunner.Delivered",
        "121 ChunkBook.Closed",
        "122 ChunkBook.Done",
        "123 ChunkRunner.Poisoned",
        "200 ShoeSubject.Resolved",
        "300 KafkaLog.Librdkafka",
        "301 KafkaLog.Fatal",
        "302 KafkaLog.Transient",
        "304 KafkaLog.Unexpected",
        "400 CredentialSource.Changed",
        "401 ShoeConnections.NotRenewed",
        "402 ShoeConnections.Dropped",
        "403 CredentialSource.NotInVault",
        "404 CredentialSource.NotCompleted",
        "405 TokenSource.NotRefreshed",
        "406 CredentialSource.CertificatesChanged",
        "407 CredentialSource.CertificatesNotTaken",
        "500 SettingsAnnouncement.Wrong",
        "501 SettingsAnnouncement.Unknown",
        "600 RememberingProgressStore.Remembered",
        "601 RememberingProgressStore.Written",
        "602 RememberingProgressStore.Unread",
        "603 RememberingProgressStore.Read",
        "604 ProgressHold.StandingBy",
        "605 ProgressHold.TakenOver",
        "606 RememberingProgressStore.TwoWriters",
        "607 EarlierProgress.DoesNotFit",
        "700 RunCommand.Serving",
        "701 ProductionReport.Produced",
        "702 RunCommand.Ended",
        "703 RetentionNotice.Exceeds",
        "704 RunCommand.ExactlyOnce",
        "705 RunCommand.NoPromise",
        "706 RunCommand.Faults",
        "800 TelemetryExport.NotTaken",
        "801 ExporterTrouble.Trouble",
        "802 TelemetryExport.NotSent",
    ];

    [Fact]
    public void Every_log_line_has_an_id_of_its_own_that_stays()
    {
        Assembly[] assemblies = [typeof(Settings).Assembly, typeof(RunCommand).Assembly];
        var events =
            from type in assemblies.SelectMany(assembly => assembly.GetTypes())
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            orderby message.EventId
            select $"{message.EventId} {(type.DeclaringType ?? type).Name}.{method.Name}";
        Assert.Equal(Known, events);
        Assert.Equal(Known.Length, Known.DistinctBy(known => known.Split(' ')[0]).Count());
    }
}
