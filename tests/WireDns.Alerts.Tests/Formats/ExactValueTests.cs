using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests.Formats;

/// <summary>Whatever is in a name, a title or a path, it is one line that holds nothing but printable text, and can be had back exactly.</summary>
public sealed class ExactValueTests
{
    // Names as detection gives them: presentation form, RFC 1035 §5.1.
    private static readonly Gen<string> Names = Gen.Byte.Array[1, 20].Array[1, 4].Select(labels => string.Join('.', labels.Select(Present)));

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String, Gen.String[Gen.Char["\\u{}=|\"abc\n\r\t\u001b\u202e\ud800\udc00\ufdd0 "], 0, 20]);

    public static TheoryData<string> Names_of_formats => [.. FormatSamples.Names.Where(name => name != "text")];

    [Theory]
    [MemberData(nameof(Names_of_formats))]
    public void A_name_comes_back_exactly(string format) => Names.Sample(name =>
    {
        var alert = SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = name } };
        Assert.Equal(name, NameOf(format, OneLine(FormatSamples.Of(format).Show(alert))));
    }, iter: 2000);

    [Theory]
    [MemberData(nameof(Names_of_formats))]
    public void Any_text_comes_back_exactly_as_far_as_it_is_text(string format) => Texts.Where(text => text.Length > 0).Sample(text =>
    {
        // JSON cannot carry an unpaired surrogate: it becomes U+FFFD there.
        var expected = format == "cef" ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        var alert = SampleAlerts.Plain with { File = text };
        Assert.Equal(expected, PathOf(format, OneLine(FormatSamples.Of(format).Show(alert))));
    }, iter: 2000);

    [Theory]
    [MemberData(nameof(Names_of_formats))]
    public void Cut_to_any_length_it_is_no_longer_than_that_and_still_of_its_format(string format)
    {
        var whole = FormatSamples.Of(format).Octets(SampleAlerts.Hostile("a=b|c\\u{1b}\"]b\\ \n\u001b[31m ünï"));
        for (var length = whole.Length + 1; length > 300; length -= 7)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            FormatSamples.Of(format).Cut(whole, length, output);
            Assert.InRange(output.WrittenCount, 1, length);
            if (format == "cef")
            {
                _ = Fields(Encoding.UTF8.GetString(output.WrittenSpan));
            }
            else
            {
                JsonDocument.Parse(output.WrittenMemory).Dispose();
            }
        }
    }

    private static string OneLine(string line)
    {
        Assert.DoesNotContain(line, character => char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator);
        return line;
    }

    private static string? NameOf(string format, string line)
    {
        if (format == "cef")
        {
            return Fields(line)["cs1"];
        }

        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return format switch
        {
            "eve" => root.GetProperty("dns").GetProperty("queries")[0].GetProperty("rrname").GetString(),
            "ocsf" => root.GetProperty("evidences")[0].GetProperty("query").GetProperty("hostname").GetString(),
            "zeek" => root.GetProperty("wiredns_query").GetString(),
            _ => FromEcs(root.GetProperty("dns").GetProperty("question").GetProperty("name").GetString()!),
        };
    }

    private static string? PathOf(string format, string line)
    {
        if (format == "cef")
        {
            return Fields(line)["fname"];
        }

        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return format switch
        {
            "eve" => root.GetProperty("pcap_filename").GetString(),
            "ocsf" => root.GetProperty("metadata").GetProperty("source").GetString(),
            "zeek" => root.GetProperty("wiredns_file").GetString(),
            _ => root.GetProperty("log").GetProperty("file").GetProperty("path").GetString(),
        };
    }

    /// <summary>The schema's escapes of quotes, tabs and line ends as presentation form has them.</summary>
    private static string FromEcs(string name) => Regex.Replace(name, @"\\(.)", match => match.Groups[1].Value switch
    {
        "t" => @"\009",
        "n" => @"\010",
        "r" => @"\013",
        "\"" => "\"",
        _ => match.Value,
    });

    /// <summary>The fields of a line of CEF, as docs/formats/cef.abnf says to read them.</summary>
    private static Dictionary<string, string> Fields(string line)
    {
        var extension = Regex.Match(line, @"\A(?:(?:[^\\|]|\\.)*\|){7}(.*)\z", RegexOptions.Singleline).Groups[1].Value;
        return Regex.Matches(extension, @"(?:\A| )([A-Za-z0-9]+)=((?:[^\\=]|\\.)*?)(?=\z| [A-Za-z0-9]+=)", RegexOptions.Singleline)
            .ToDictionary(match => match.Groups[1].Value, match => Regex.Replace(
                Regex.Replace(match.Groups[2].Value, @"\\(.)", "$1"), @"\\u\{([0-9a-f]+)\}",
                escape => Character(int.Parse(escape.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
    }

    private static string Character(int codePoint) => codePoint is >= 0xD800 and <= 0xDFFF ? ((char)codePoint).ToString() : char.ConvertFromUtf32(codePoint);

    internal static string Present(byte[] label) => string.Concat(label.Select(octet => octet switch
    {
        (byte)'.' => "\\.",
        (byte)'\\' => "\\\\",
        > 0x20 and < 0x7F => ((char)octet).ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\{octet:000}"),
    }));
}
