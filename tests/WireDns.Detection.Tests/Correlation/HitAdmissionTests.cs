using WireDns.Detection.Correlation;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Tests.Correlation;

/// <summary>Which hits are correlated while a flood brings several times what the queue can take.</summary>
public sealed class HitAdmissionTests
{
    private const int Second = 1_000_000_000;

    private readonly ShedHits _shed = new();

    [Fact]
    public void Everything_is_admitted_as_long_as_half_of_the_queue_is_free()
    {
        var admission = new HitAdmission(_shed);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(admission.Admits(Client(i % 7 == 0 ? 1u : (uint)i), At(i / 60_000.0), fill: i % 8));
        }

        Assert.Equal(0, _shed.Total);
    }

    [Fact]
    public void A_slow_tunnel_goes_through_a_flood_of_spoofed_clients()
    {
        // 60,000 spoofed clients a second for half a minute, of which a sixth can be correlated; a lookup of the tunnel every two seconds.
        var flood = new Flood(new HitAdmission(_shed), served: 10_000);
        var random = new Random(7);
        var admitted = 0;
        const int Lookups = 15;
        for (var i = 0; i < 60_000 * 2 * Lookups; i++)
        {
            if (i % 120_000 == 60_000)
            {
                admitted += flood.Send(Client(0x0a000001), i / 60_000.0) ? 1 : 0;
            }

            flood.Send(Client((uint)random.NextInt64(1L << 32)), i / 60_000.0);
        }

        // The first one cannot be told from the flood.
        Assert.InRange(admitted, Lookups - 1, Lookups);
        Assert.InRange(_shed.NewClient, 1_000_000, 60_000 * 2 * Lookups);
        Assert.Equal(0, _shed.BusyClient);
    }

    [Fact]
    public void A_client_that_floods_is_shed_before_others()
    {
        var flood = new Flood(new HitAdmission(_shed), served: 10_000);
        var admitted = 0;
        for (var i = 0; i < 60_000 * 10; i++)
        {
            if (i % 60_000 >= 59_900)
            {
                // A hundred clients with one lookup a second each.
                admitted += flood.Send(Client(0x0a000100 + ((uint)i % 100)), i / 60_000.0) ? 1 : 0;
            }
            else
            {
                flood.Send(Client(0x0a000001), i / 60_000.0);
            }
        }

        Assert.InRange(admitted, 900, 1000);
        Assert.InRange(_shed.BusyClient, 300_000, 600_000);
    }

    [Fact]
    public void A_client_that_was_not_seen_for_ten_minutes_is_a_new_one()
    {
        var admission = new HitAdmission(_shed);
        Assert.False(admission.Admits(Client(1), At(0), fill: 8));
        Assert.True(admission.Admits(Client(1), At(599), fill: 8));
        Assert.False(admission.Admits(Client(1), At(599 + 601), fill: 8));
        Assert.Equal(2, _shed.NewClient);
    }

    private static NetAddress Client(uint address) => NetAddress.FromIpv4([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);

    private static PacketTime At(double seconds) => PacketTime.FromNanoseconds(1_750_000_000_000_000_000 + (long)(seconds * Second));

    /// <summary>A queue of 32,768 from which this many are taken per second.</summary>
    private sealed class Flood(HitAdmission admission, int served)
    {
        private const int Length = 32_768;

        private double _waiting;
        private double _last;

        public bool Send(NetAddress client, double seconds)
        {
            _waiting = Math.Max(0, _waiting - ((seconds - _last) * served));
            _last = seconds;
            var isAdmitted = admission.Admits(client, At(seconds), (int)(_waiting * HitQueue.Full / Length)) && _waiting + 1 <= Length;
            _waiting += isAdmitted ? 1 : 0;
            return isAdmitted;
        }
    }
}
