using System.Text.Json;

namespace WireDns.Wire.Tests.Net;

/// <summary>Public captures against an independent decode of them (tshark), as far as it can be compared below DNS.</summary>
public sealed class SharedCaptureTests
{
    [Fact]
    public void Yields_every_message_that_another_decoder_sees()
    {
        var expectedFolder = TestPaths.Shared(Path.Combine("captures", "expected"));
        var faults = new List<string>();
        var compared = 0;
        foreach (var (name, packets) in TestCaptures.Shared())
        {
            var path = Path.Combine(expectedFolder, name + ".jsonl");
            if (!File.Exists(path))
            {
                continue;
            }

            // Where the other decoder is unsure (malformed, cut, after a gap) or quotes an ICMP error, it is not a reference.
            var got = Decoding.Run(packets).Payloads.Select(ExpectedMessage.KeyOf).ToList();
            var missing = File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
                .Where(message => !message.GetProperty("malformed").GetBoolean() && message.GetProperty("kind").GetString() == "dns"
                    && !message.TryGetProperty("cut", out _) && !message.TryGetProperty("after_gap", out _))
                .Select(message => ExpectedMessage.Read(message).Key)
                .Where(key => !got.Remove(key)).ToList();
            compared++;
            if (missing.Count > 0)
            {
                faults.Add($"{name}: {string.Join(" | ", missing.Take(4))}");
            }
        }

        Assert.True(compared > 50);
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }
}
