using System.Net;
using System.Text;
using System.Text.Json;
using DnsClient;
using DnsClient.Protocol;

namespace WireDns.Tests.Conformance;

/// <summary>
/// Sound responses of the public captures, replayed from loopback to a real client (DnsClient): it names the records that we name.
/// </summary>
public sealed class DnsClientTests
{
    // Enough for every kind of response in the captures; the rest are alike.
    private const int MaximumResponses = 1500;

    // The client's receive buffer.
    private const int MaximumLength = 4096;

    private const int HeaderLength = 12;
    private const int OptionType = 41;

    // Such a response makes the client ask again over TCP.
    private const byte TruncationFlag = 0x02;

    [Fact]
    public async Task Names_the_records_that_a_resolver_names()
    {
        var responses = Responses();
        using var server = new ReplayServer();
        var client = new LookupClient(new LookupClientOptions(new NameServer(server.EndPoint))
        {
            UseCache = false,
            UseTcpFallback = false,
            Retries = 0,
            ThrowDnsErrors = false,
            ContinueOnDnsError = false,
            ContinueOnEmptyResponse = false,
            ExtendedDnsBufferSize = MaximumLength,
            Timeout = TimeSpan.FromSeconds(10),
        });
        var faults = new List<string>();
        var compared = 0;
        var refused = new List<string>();
        foreach (var (wire, ours) in responses)
        {
            server.Response = wire;
            IDnsQueryResponse answer;
            try
            {
                answer = await client.QueryAsync("replay.example", QueryType.A, cancellationToken: TestContext.Current.CancellationToken);
            }
            catch (Exception exception) when (exception is DnsResponseException or DnsResponseParseException
                or ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException
                or NullReferenceException)
            {
                // One synthetic NSEC record, whose type bitmap claims more than is there; we show such data in the form of RFC 3597.
                var reason = exception.InnerException?.Message ?? exception.Message;
                refused.Add($"{exception.GetType().Name}: {reason} {Convert.ToHexStringLower(wire)}");
                continue;
            }

            compared++;
            var theirs = Describe(answer);
            var named = Describe(ours);
            if (!theirs.SequenceEqual(named))
            {
                faults.Add(string.Join(
                    '\n', Convert.ToHexStringLower(wire), "  theirs " + string.Join(" | ", theirs), "  ours   " + string.Join(" | ", named)));
            }
        }

        var refusals = string.Join(Environment.NewLine, refused);
        Assert.True(faults.Count == 0, $"{faults.Count} of {compared} differ\n" + string.Join(Environment.NewLine, faults.Take(5)));
        Assert.True(refused.Count <= 1, refusals);
        Assert.True(compared >= 1000, $"{compared} compared; {refusals}");
    }

    // Distinct apart from their ids, and sound by our verdict.
    private static List<(byte[] Wire, JsonElement Ours)> Responses()
    {
        var responses = new Dictionary<string, (byte[], JsonElement)>();
        foreach (var run in SharedCapture.All().Select(capture => DecodeRun.Of(capture.Path)))
        {
            // At most a few hundred from one capture, so that every other one has its share.
            var sound = run.Messages.Zip(run.Wire).Where(pair => IsSound(pair.First, pair.Second));
            foreach (var (message, wire) in sound.DistinctBy(pair => WithoutId(pair.Second)).Take(400))
            {
                responses.TryAdd(WithoutId(wire), (wire, message));
            }
        }

        return [.. responses.Values.Take(MaximumResponses)];
    }

    private static string WithoutId(byte[] wire) => Convert.ToHexString(wire.AsSpan(2));

    private static bool IsSound(JsonElement message, byte[] wire) => wire.Length is > HeaderLength and <= MaximumLength
        && message.GetProperty("qr").GetInt32() == 1 && message.GetProperty("opcode").GetString() == "QUERY"
        && (wire[2] & TruncationFlag) == 0 && !message.TryGetProperty("malformed", out _) && !message.TryGetProperty("truncated", out _);

    private static List<string> Describe(IDnsQueryResponse response) =>
    [
        .. response.Questions.Select(question => $"? {Name(question.QueryName)} {(int)question.QuestionType}"),
        .. response.Answers.Concat(response.Authorities).Concat(response.Additionals).Where(record => (int)record.RecordType != OptionType)
            .Select(record => $"{Name(record.DomainName)} {(int)record.RecordType} {(uint)record.InitialTimeToLive} {Data(record)}"),
    ];

    private static List<string> Describe(JsonElement message) =>
    [
        .. message.GetProperty("questions").EnumerateArray()
            .Select(question => $"? {OwnerAndType(question)}"),
        .. new[] { "answers", "authorities", "additionals" }.SelectMany(section => message.GetProperty(section).EnumerateArray())
            .Where(record => MessageKey.TypeNumber(record.GetProperty("type")) != OptionType)
            .Select(record => $"{OwnerAndType(record)} {record.GetProperty("ttl")} {Data(record)}"),
    ];

    private static string OwnerAndType(JsonElement record) =>
        $"{Name(record.GetProperty("name").GetString()!)} {MessageKey.TypeNumber(record.GetProperty("type"))}";

    private static string Data(DnsResourceRecord record) => record switch
    {
        AddressRecord address => address.Address.ToString(),
        CNameRecord alias => Name(alias.CanonicalName),
        NsRecord server => Name(server.NSDName),
        PtrRecord pointer => Name(pointer.PtrDomainName),
        MxRecord exchange => $"{exchange.Preference} {Name(exchange.Exchange)}",
        SrvRecord service => $"{service.Priority} {service.Weight} {service.Port} {Name(service.Target)}",
        SoaRecord authority => $"{Name(authority.MName)} {Name(authority.RName)} {authority.Serial} {authority.Refresh} "
            + $"{authority.Retry} {authority.Expire} {authority.Minimum}",
        CaaRecord authorisation => $"{authorisation.Flags} {authorisation.Tag} {WireName.Loose(authorisation.Value)}",
        TxtRecord text => string.Join(' ', text.EscapedText.SelectMany(part => CharacterStrings.Read($"\"{part}\""))),
        _ => "",
    };

    private static string Data(JsonElement record)
    {
        var data = record.GetProperty("data").GetString()!;
        var parts = data.Split(' ');
        return MessageKey.TypeNumber(record.GetProperty("type")) switch
        {
            1 or 28 => IPAddress.Parse(data).ToString(),
            2 or 5 or 12 => Name(data),
            15 => $"{parts[0]} {Name(parts[1])}",
            33 => $"{parts[0]} {parts[1]} {parts[2]} {Name(parts[3])}",
            6 => $"{Name(parts[0])} {Name(parts[1])} {string.Join(' ', parts[2..])}",
            16 => string.Join(' ', CharacterStrings.Read(data)),
            257 => $"{parts[0]} {parts[1]} {WireName.Loose(string.Join(' ', parts[2..]))}",
            _ => "",
        };
    }

    // The client shows an internationalised name in Unicode, and also keeps it as it came.
    private static string Name(DnsString name) => Name(Ascii.IsValid(name.Value) ? name.Value : name.Original);

    private static string Name(string name) => WireName.Loose(name);
}
