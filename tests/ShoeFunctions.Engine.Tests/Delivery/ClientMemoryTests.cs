using Microsoft.Extensions.Time.Testing;
using ShoeFunctions.Engine.Delivery;

namespace ShoeFunctions.Engine.Tests.Delivery;

public sealed class ClientMemoryTests
{
    [Fact]
    public void What_is_free_is_handed_back_once_a_minute_however_often_it_is_asked_for()
    {
        var time = new FakeTimeProvider();
        var memory = new ClientMemory(time);
        Assert.True(memory.HandBack());
        Assert.False(memory.HandBack());
        time.Advance(ClientMemory.Interval - TimeSpan.FromTicks(1));
        Assert.False(memory.HandBack());
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(memory.HandBack());
    }
}
