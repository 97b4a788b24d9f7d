using System.IO.Compression;

namespace WireDns.Capture.Tests.Compression;

/// <summary>The deflate decoder against the base library's encoder and decoder.</summary>
public sealed class InflaterTests
{
    public static TheoryData<int, CompressionLevel> Cases
    {
        get
        {
            var cases = new TheoryData<int, CompressionLevel>();
            for (var kind = 0; kind < 6; kind++)
            {
                cases.Add(kind, CompressionLevel.NoCompression);
                cases.Add(kind, CompressionLevel.Fastest);
                cases.Add(kind, CompressionLevel.Optimal);
                cases.Add(kind, CompressionLevel.SmallestSize);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompresses_what_the_base_library_compressed(int kind, CompressionLevel level)
    {
        var random = new Random(kind);
        foreach (var length in new[] { 0, 1, 2, 7, 300, 32_768, 98_303, 98_304, 131_073, 700_001 })
        {
            var data = Make(kind, length, random);
            var file = Samples.Gzip(data, level);
            Assert.Equal(data, Decompress(new MemoryStream(file)));
            Assert.Equal(data, Decompress(new TrickleStream(file, 13)));
        }
    }

    [Theory]
    [InlineData("a fixed block", "4b4c4a0600", "616263")]
    [InlineData("an empty fixed block, then a stored one", "02040200fdff4142", "4142")]
    [InlineData("a stored block", "010200fdff4142", "4142")]
    [InlineData("a match that overlaps itself", "4b4c840000", "6161616161616161")]
    [InlineData("a match that overlaps itself by less than its length", "4b4c4a4e842100", "616263616263616263616263")]
    public void Decompresses_small_blocks(string description, string deflated, string expected)
    {
        var inflater = new Inflater(new BitInput(new MemoryStream(Convert.FromHexString(deflated))));
        var output = new byte[100];
        var length = 0;
        for (var read = inflater.Read(output); read > 0; read = inflater.Read(output.AsSpan(length)))
        {
            length += read;
        }

        Assert.True(inflater.Error is null, $"{description}: {inflater.Error}");
        Assert.Equal(expected, Convert.ToHexStringLower(output.AsSpan(0, length)));
    }

    /// <summary>The reason for having our own decoder. If this fails, the platform has learnt it, and ours can go.</summary>
    [Fact]
    public void The_base_library_loses_what_it_decoded_in_the_call_that_meets_damage()
    {
        var data = Make(4, 50_000, new Random(4));
        var file = Samples.Gzip(data, CompressionLevel.Optimal);
        file.AsSpan(file.Length / 2, 16).Fill(0xff);
        var kept = 0;
        using var platform = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        var buffer = new byte[100_000];
        Assert.Throws<InvalidDataException>(() =>
        {
            for (int read; (read = platform.Read(buffer)) > 0;)
            {
                kept += read;
            }
        });

        using var ours = new GzipDecoder(new MemoryStream(file));
        var keptByOurs = 0;
        Assert.Throws<CompressedDataException>(() =>
        {
            for (int read; (read = ours.Read(buffer)) > 0;)
            {
                keptByOurs += read;
            }
        });
        Assert.True(keptByOurs > kept + 1000, $"the platform kept {kept} bytes, ours {keptByOurs}");
    }

    [Theory]
    [InlineData("a reserved block type", "07", "reserved")]
    [InlineData("a stored block with a wrong complement", "0102000000", "complement")]
    [InlineData("a match before the data", "030200", "before the data")]
    [InlineData("a literal code that is not used", "1b0300", "stands for nothing")]
    [InlineData("too many length codes", "fd00000000", "more codes")]
    [InlineData("nothing", "", "ends early")]
    [InlineData("a stored block without its data", "010200fdff", "ends early")]
    public void Says_what_is_wrong(string description, string deflated, string words)
    {
        var inflater = new Inflater(new BitInput(new MemoryStream(Convert.FromHexString(deflated))));
        var output = new byte[1000];
        while (inflater.Read(output) > 0)
        {
        }

        Assert.True(inflater.Error?.Contains(words, StringComparison.Ordinal), $"{description}: {inflater.Error}");
    }

    [Fact]
    public void Agrees_with_the_base_library_about_mutations()
    {
        var random = new Random(1);
        var sample = Samples.Gzip(Make(3, 3000, random));
        var agreed = 0;
        for (var round = 0; round < 3000; round++)
        {
            var mutation = Mutation.Of(sample, random);
            byte[]? reference;
            try
            {
                using var stream = new GZipStream(new MemoryStream(mutation), CompressionMode.Decompress);
                using var target = new MemoryStream();
                stream.CopyTo(target);
                reference = target.ToArray();
            }
            catch (InvalidDataException)
            {
                reference = null;
            }

            byte[]? ours;
            try
            {
                ours = Decompress(new MemoryStream(mutation));
            }
            catch (CompressedDataException)
            {
                ours = null;
            }

            // The base library is less strict: what we accept, it must accept, with the same result.
            if (ours is not null)
            {
                Assert.Equal(reference, ours);
                agreed++;
            }
        }

        Assert.NotEqual(0, agreed);
    }

    private static byte[] Decompress(Stream source)
    {
        using var decoder = new GzipDecoder(source);
        using var target = new MemoryStream();
        var buffer = new byte[10_000];
        for (var read = decoder.Read(buffer); read > 0; read = decoder.Read(buffer))
        {
            target.Write(buffer, 0, read);
        }

        return target.ToArray();
    }

    private static byte[] Make(int kind, int length, Random random)
    {
        var data = new byte[length];
        switch (kind)
        {
            case 0:
                break;
            case 1:
                random.NextBytes(data);
                break;
            case 2:
                for (var i = 0; i < length; i++)
                {
                    data[i] = (byte)(i % 251);
                }

                break;
            case 3:
                // Skewed: long and short codes.
                for (var i = 0; i < length; i++)
                {
                    data[i] = (byte)(256 * Math.Pow(random.NextDouble(), 8));
                }

                break;
            case 4:
                // Matches from far away.
                random.NextBytes(data.AsSpan(0, Math.Min(length, 32_000)));
                for (var i = 32_000; i < length; i++)
                {
                    data[i] = data[i - 32_000];
                }

                break;
            default:
                // Runs.
                for (var i = 0; i < length; i++)
                {
                    data[i] = i > 0 && random.Next(100) > 0 ? data[i - 1] : (byte)random.Next(4);
                }

                break;
        }

        return data;
    }
}
