using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>The quick walk over the records of a sound message: it sees what the whole reader sees, and reads nothing outside of any other.</summary>
public sealed class DnsSoundRecordsTests
{
    [Fact]
    public void Sees_the_records_of_every_sound_message_as_the_reader_does()
    {
        var (messages, records) = (0, 0);
        foreach (var payload in Payloads().Where(payload => DnsSoundMessage.TryRead(payload, out _)))
        {
            messages++;
            var reader = new DnsMessageReader(payload);
            var walk = new DnsSoundRecords(payload);
            while (reader.TryReadRecord(out var record))
            {
                records++;
                Assert.True(walk.MoveNext());
                Assert.Equal(
                    (record.Type, record.Class, record.TimeToLive, record.DataOffset, record.Data.Length),
                    (walk.Type, walk.Class, walk.TimeToLive, walk.DataOffset, walk.DataLength));
            }

            Assert.False(walk.MoveNext());
        }

        Assert.True(messages > 1000 && records > 1000, $"{messages} messages, {records} records");
    }

    [Fact]
    public void Ends_within_a_message_that_is_cut_anywhere()
    {
        foreach (var payload in Payloads().Where(payload => payload.Length < 600).Take(200))
        {
            for (var length = 0; length < payload.Length; length++)
            {
                var cut = payload[..length];
                var walk = new DnsSoundRecords(cut);
                while (walk.MoveNext())
                {
                    Assert.InRange(walk.DataOffset + walk.DataLength, 0, length);
                }
            }
        }
    }

    private static IEnumerable<byte[]> Payloads() => Directory.EnumerateFiles(TestPaths.Shared("captures/captures"))
        .Order(StringComparer.Ordinal)
        .SelectMany(path => UdpPayloadFile.TryRead(path) ?? [])
        .Where(payload => !payload.IsCut)
        .Select(payload => payload.Data.ToArray());
}
