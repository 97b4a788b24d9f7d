using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using WireDns.Alerts.Signals;

namespace WireDns.Alerts.Tests;

/// <summary>Signals as JSON, and back: docs/fleet.md.</summary>
public sealed class SignalFormatTests
{
    private static readonly CorrelationSignal Sample = new()
    {
        Id = new string('a', 32),
        Correlation = "22222222-0000-4000-8000-000000000011",
        Digest = new string('b', 32),
        Rule = "a rule \"with\" a title\u001b",
        Lookup = new string('c', 32),
        Group = 2,
        GroupValues = [new CorrelatedValue("src_ip", "192.0.2.1"), new CorrelatedValue("query", "x\ud83d\ude00")],
        DecidedAt = 1_750_000_010_000_000_001,
        UnixTimeNanoseconds = 1_750_000_000_000_000_001,
        Source = new AlertEndpoint("192.0.2.1", 40_000),
        Destination = new AlertEndpoint("2001:db8::53", 53),
        Transport = "udp",
        PacketNumber = 7,
        QueryPacketNumber = 6,
        QueryFlags = 0x0100,
        RoundTripNanoseconds = -5,
        File = "a b.pcap",
        Interface = "eth1",
        VlanIds = [11, 4095],
        Tunnels = ["vxlan:42"],
        IsTruncated = true,
        HasOverlap = true,
        Message = new byte[] { 0, 1, 255 },
    };

    [Fact]
    public void A_signal_is_read_as_it_was_written()
    {
        var read = SignalFormat.TryRead(Sample.Id, Encoding.UTF8.GetBytes(Json().ToJsonString()), out var reason);

        Assert.Equal("", reason);
        Assert.Equal("tap-1", read!.Sensor);
        Assert.Equal(Sample.Message.ToArray(), read.Message.ToArray());
        Assert.Equal(Sample.VlanIds, read.VlanIds);
        Assert.Equal(Sample.Tunnels, read.Tunnels);
        Assert.Equal(
            Sample with { GroupValues = [], VlanIds = [], Tunnels = [], Message = default },
            read with { Sensor = "", GroupValues = [], VlanIds = [], Tunnels = [], Message = default });
    }

    [Theory]
    [InlineData("wiredns_signal", "2", "it is a signal of another version")]
    [InlineData("wiredns_signal", null, "it is no signal")]
    [InlineData("sensor", null, "sensor is missing or wrong")]
    [InlineData("lookup", "\"ab\"", "lookup is missing or wrong")]
    [InlineData("group_index", "-1", "group_index is missing or wrong")]
    [InlineData("decided", "\"2025-06-15T15:06:39.000000000Z\"", "decided is missing or wrong")]
    [InlineData("ts", "\"2025-06-15T15:06:40Z\"", "ts is missing or wrong")]
    [InlineData("ts", "\"9999-06-15T15:06:40.000000000Z\"", "ts is missing or wrong")]
    [InlineData("source", "\"example.com\"", "source is missing or wrong")]
    [InlineData("source_port", "65536", "source_port is missing or wrong")]
    [InlineData("transport", "\"sctp\"", "transport is missing or wrong")]
    [InlineData("frame", "1.5", "frame is missing or wrong")]
    [InlineData("vlan", "[70000]", "vlan is missing or wrong")]
    [InlineData("tunnel", "{}", "tunnel is missing or wrong")]
    [InlineData("message", "\"!\"", "message is missing or wrong")]
    public void What_is_wrong_with_a_record_is_said(string member, string? value, string reason)
    {
        var json = Json();
        json.Remove(member);
        if (value is not null)
        {
            json[member] = JsonNode.Parse(value);
        }

        Assert.Null(SignalFormat.TryRead(Sample.Id, Encoding.UTF8.GetBytes(json.ToJsonString()), out var found));
        Assert.Equal(reason, found);
    }

    [Fact]
    public void Records_that_are_cut_or_changed_anywhere_are_no_fault_of_the_program()
    {
        var json = Encoding.UTF8.GetBytes(Json().ToJsonString());
        var random = new Random(16);
        for (var length = 0; length < json.Length; length++)
        {
            Assert.Null(SignalFormat.TryRead(Sample.Id, json.AsMemory(0, length), out var reason));
            Assert.NotEqual("", reason);
            var changed = json.ToArray();
            changed[length] = (byte)random.Next(256);
            SignalFormat.TryRead(Sample.Id, changed, out _);
        }
    }

    private static JsonObject Json()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(new SignalFormat("tap-1").Write(Sample, output));
        return (JsonObject)JsonNode.Parse(output.WrittenSpan)!;
    }
}
