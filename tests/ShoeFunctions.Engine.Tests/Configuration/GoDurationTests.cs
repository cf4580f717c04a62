using ShoeFunctions.Engine.Configuration;

namespace ShoeFunctions.Engine.Tests.Configuration;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("+0", 0)]
    [InlineData("1ns", 1)]
    [InlineData("500us", 500_000)]
    [InlineData("500µs", 500_000)]
    [InlineData("500μs", 500_000)]
    [InlineData("500ms", 500_000_000)]
    [InlineData("1s", 1_000_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("1.s", 1_000_000_000)]
    [InlineData("+5s", 5_000_000_000)]
    [InlineData("-5s", -5_000_000_000)]
    [InlineData("1h30m", 5_400_000_000_000)]
    [InlineData("3h30m1.5s500ms", 12_602_000_000_000)]
    [InlineData("1m1m", 120_000_000_000)]
    [InlineData("0.3333333333333333333h", 1_199_999_999_999)]
    [InlineData("0.100000000000000000000h", 360_000_000_000)]
    [InlineData("00000000000000000000001s", 1_000_000_000)]
    [InlineData("9223372036854775807ns", long.MaxValue)]
    [InlineData("2562047h47m16.854775807s", long.MaxValue)]
    public void It_reads_what_Go_reads(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var read));
        Assert.Equal(nanoseconds, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("-")]
    [InlineData("1")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("1s\n")]
    [InlineData("1d")]
    [InlineData("1S")]
    [InlineData("1sec")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("1s30")]
    [InlineData("--1s")]
    [InlineData("٣s")]
    [InlineData("9223372036854775808ns")]
    [InlineData("9999999999999999999999h")]
    [InlineData("00:00:10")]
    public void It_refuses_what_Go_refuses(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
