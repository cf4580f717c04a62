using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Librdkafka;

namespace ShoeFunctions.Engine.Tests.Librdkafka;

public sealed class ClientMemoryTests
{
    [Fact]
    public void What_is_free_is_handed_back_once_a_minute_however_often_it_is_asked_for()
    {
        var time = new FakeTimeProvider();
        var memory = new ClientMemory(time);
        Assert.True(memory.HandBack(isMuch: false));
        Assert.False(memory.HandBack(isMuch: false));
        time.Advance(ClientMemory.Interval - TimeSpan.FromTicks(1));
        Assert.False(memory.HandBack(isMuch: false));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(memory.HandBack(isMuch: false));
    }

    [Fact]
    public void What_a_producer_had_that_is_given_up_is_handed_back_at_once()
    {
        var memory = new ClientMemory(new FakeTimeProvider());
        Assert.True(memory.HandBack(isMuch: true));
        Assert.True(memory.HandBack(isMuch: true));
        Assert.False(memory.HandBack(isMuch: false));
    }

    /// <summary>Each of these would be put aside, and none is: 1,000 are more than a thread keeps for itself.</summary>
    [Fact]
    public void Nothing_that_is_freed_is_put_aside_by_its_size()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallinfo2", out _),
            "Only glibc puts aside, and tells of it from 2.33 on.");
        ClientMemory.KeepTogether();
        // Once before, since compiling these calls takes large pieces, and for them all that is put aside is joined; what was
        // put aside earlier is joined by handing back.
        _ = Freed();
        new ClientMemory(new FakeTimeProvider()).HandBack(isMuch: true);
        Assert.Equal(0u, Freed().PutAside);
    }

    private static Allocator Freed()
    {
        var pieces = new nint[1000];
        for (var piece = 0; piece < pieces.Length; piece++)
            pieces[piece] = Marshal.AllocHGlobal(80);
        foreach (var piece in pieces)
            Marshal.FreeHGlobal(piece);
        return Look();
    }

    [DllImport("libc.so.6", EntryPoint = "mallinfo2")]
    private static extern Allocator Look();

    /// <summary>struct mallinfo2: PutAside is fsmblks.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Allocator
    {
        private readonly nuint _arena, _ordinaryBlocks, _putAsideBlocks, _mappedBlocks, _mapped, _highest;
        public readonly nuint PutAside;
        private readonly nuint _used, _free, _top;
    }
}
