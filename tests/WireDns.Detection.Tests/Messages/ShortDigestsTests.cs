using System.Security.Cryptography;
using WireDns.Detection.Messages;

namespace WireDns.Detection.Tests.Messages;

public sealed class ShortDigestsTests
{
    [Fact]
    public void Are_those_of_the_base_library_at_every_length()
    {
        var random = new Random(1);
        var (sha256, sha1) = (new byte[ShortDigests.Sha256Length], new byte[ShortDigests.Sha1Length]);
        for (var length = 0; length < 400; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            ShortDigests.Sha256(bytes, sha256);
            ShortDigests.Sha1(bytes, sha1);
            Assert.Equal(SHA256.HashData(bytes), sha256);
#pragma warning disable CA5350 // the Community ID specification names SHA-1
            Assert.Equal(SHA1.HashData(bytes), sha1);
#pragma warning restore CA5350
        }
    }

    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "da39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData("616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    public void Are_those_that_the_standard_gives(string hex, string sha256, string sha1)
    {
        var digest = new byte[ShortDigests.Sha256Length];
        ShortDigests.Sha256(Convert.FromHexString(hex), digest);
        Assert.Equal(sha256, Convert.ToHexStringLower(digest));
        ShortDigests.Sha1(Convert.FromHexString(hex), digest);
        Assert.Equal(sha1, Convert.ToHexStringLower(digest.AsSpan(0, ShortDigests.Sha1Length)));
    }
}
