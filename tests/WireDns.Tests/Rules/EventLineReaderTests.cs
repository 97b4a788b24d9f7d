using System.Text;
using CsCheck;
using WireDns.RuleTools;

namespace WireDns.Tests.Rules;

/// <summary>Lines are found however the stream is split into reads.</summary>
public sealed class EventLineReaderTests
{
    [Fact]
    public void Gives_the_lines_of_any_text_in_reads_of_any_size() =>
        Gen.Select(Gen.String["ab\n"].Array[0, 20], Gen.Int[1, 9]).Sample((parts, size) =>
        {
            var text = string.Concat(parts);
            var waits = 0;
            using var stream = new SmallReads(Encoding.ASCII.GetBytes(text), size);
            var reader = new EventLineReader(stream, 1000, () => waits++);
            var lines = new List<string>();
            while (reader.TryRead(out var line))
            {
                lines.Add(Encoding.ASCII.GetString(line));
            }

            var expected = text.Length == 0 ? [] : text.EndsWith('\n') ? text[..^1].Split('\n') : text.Split('\n');
            Assert.Equal(expected, lines);
            Assert.Equal((text.Length / size) + (text.Length % size == 0 ? 1 : 2), waits);
        }, iter: 2000);

    [Theory]
    [InlineData("12345678x\nab\n", "…|ab", Label = "one too long")]
    [InlineData("12345678\nab\n", "12345678|ab", Label = "one of just the length")]
    [InlineData("ab\n123456789", "ab|…", Label = "one too long at the end")]
    [InlineData("1234567890123456789012345678901234567890\nab", "…|ab", Label = "several times too long")]
    [InlineData("123456789\n123456789\n", "…|…", Label = "two too long")]
    public void Leaves_out_a_line_that_is_longer_than_allowed_and_goes_on(string text, string expected)
    {
        foreach (var size in new[] { 1, 3, 8, 100 })
        {
            using var stream = new SmallReads(Encoding.ASCII.GetBytes(text), size);
            var reader = new EventLineReader(stream, 9, () => { });
            var lines = new List<string>();
            while (reader.TryRead(out var line))
            {
                lines.Add(reader.IsTooLong ? "…" : Encoding.ASCII.GetString(line));
            }

            Assert.Equal(expected, string.Join('|', lines));
        }
    }

    private sealed class SmallReads(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);
    }
}
