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
}
