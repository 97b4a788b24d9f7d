using System.Net;
using System.Net.Sockets;
using System.Text;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

public sealed class DatagramTransportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-syslog-").FullName;

    private string LogPath => Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public void Sends_each_message_as_one_datagram_over_udp(string host)
    {
        var address = IPAddress.TryParse(host, out var literal) ? literal : Dns.GetHostAddresses(host)[0];
        Assert.SkipWhen(address.AddressFamily == AddressFamily.InterNetworkV6 && !HasIpv6Loopback(), "this machine has no IPv6 loopback");
        using var receiver = Receiver(new IPEndPoint(address, 0));
        using var transport = DatagramTransport.OpenUdp(host, ((IPEndPoint)receiver.LocalEndPoint!).Port);
        var message = new SyslogFormat(new TextFormat(), new SyslogOptions()).Octets(SampleAlerts.Full);

        Assert.Equal(SendFailure.None, transport.SendOne(message));
        Assert.Equal(SendFailure.None, transport.SendOne("second"u8));

        Assert.Equal(message, Receive(receiver));
        Assert.Equal("second", Encoding.ASCII.GetString(Receive(receiver)));
        Assert.Equal("rule-match", StrictSyslogMessage.Parse(message).MessageId);
    }

    [Fact]
    public void Sends_to_the_local_logger()
    {
        using var receiver = LocalReceiver();
        using var transport = DatagramTransport.OpenLocal(LogPath);
        var message = new SyslogFormat(new EcsFormat(), new SyslogOptions { MaximumLength = 8192 }).Octets(SampleAlerts.Full);
        Assert.Equal(SendFailure.None, transport.SendOne(message));
        Assert.Equal(message, Receive(receiver));
    }

    [Fact]
    public void Finds_a_local_logger_that_was_restarted()
    {
        var first = LocalReceiver();
        using var transport = DatagramTransport.OpenLocal(LogPath);
        Assert.Equal(SendFailure.None, transport.SendOne("one"u8));
        Receive(first);

        first.Dispose(); // stopped, and its path left behind
        Assert.Equal(SendFailure.ReceiverAbsent, transport.SendOne("two"u8));
        File.Delete(LogPath);
        Assert.Equal(SendFailure.ReceiverAbsent, transport.SendOne("three"u8));
        using var second = LocalReceiver();
        Assert.Equal(SendFailure.None, transport.SendOne("four"u8));

        Assert.Equal("four", Encoding.ASCII.GetString(Receive(second)));
    }

    [Fact]
    public void Loses_nothing_to_a_restart_between_two_messages()
    {
        var first = LocalReceiver();
        using var transport = DatagramTransport.OpenLocal(LogPath);
        first.Dispose();
        File.Delete(LogPath);
        using var second = LocalReceiver();

        Assert.Equal(SendFailure.None, transport.SendOne("one"u8));

        Assert.Equal("one", Encoding.ASCII.GetString(Receive(second)));
    }

    [Fact]
    [Trait("needs", "quiet machine")]
    public void Waits_once_for_a_logger_that_hangs_and_not_again_until_it_is_back()
    {
        using var receiver = LocalReceiver();
        using var transport = DatagramTransport.OpenLocal(LogPath);
        var sent = 0;
        while (transport.SendOne("message"u8) == SendFailure.None)
        {
            Assert.InRange(++sent, 1, 100_000);
        }

        var start = TimeProvider.System.GetTimestamp();
        for (var number = 0; number < 100; number++)
        {
            Assert.Equal(SendFailure.ReceiverBusy, transport.SendOne("message"u8));
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20)); // a hundred waits would be 100 s
        for (; sent > 0; sent--)
        {
            Receive(receiver);
        }

        Assert.Equal(SendFailure.None, transport.SendOne("last"u8));
        Assert.Equal("last", Encoding.ASCII.GetString(Receive(receiver)));
    }

    [Fact]
    public void Waits_for_a_logger_that_is_slow()
    {
        using var receiver = LocalReceiver();
        using var transport = DatagramTransport.OpenLocal(LogPath);
        const int Messages = 2000; // many times what the socket's queue holds
        var received = 0;
        var reader = AlertBufferTests.Start(() =>
        {
            for (; received < Messages; received++)
            {
                Receive(receiver);
            }
        });
        for (var number = 0; number < Messages; number++)
        {
            Assert.Equal(SendFailure.None, transport.SendOne("message"u8));
        }

        Assert.True(reader.Join(Waiting.Limit));
        Assert.Equal(Messages, received);
    }

    [Fact]
    public void Risks_one_message_at_a_time_over_udp_while_nobody_listens()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "when the refusal of a datagram becomes known is Linux's");
        var receiver = Receiver(new IPEndPoint(IPAddress.Loopback, 0));
        var local = (IPEndPoint)receiver.LocalEndPoint!;
        using var transport = DatagramTransport.OpenUdp("127.0.0.1", local.Port);
        receiver.Dispose();
        var batch = Sending.Batch("lost, which nobody knows yet", "two", "three", "four");
        var outcomes = new long[Enum.GetValues<SendFailure>().Length];

        Assert.Equal(SendFailure.ReceiverAbsent, transport.Send(batch).Failure);
        Assert.Equal(1, batch.RemoveMarked(outcomes, out var lost)); // the first was settled …
        Assert.Equal(1, lost); // … and is known to be lost now
        Assert.Equal(SendFailure.ReceiverAbsent, transport.Send(batch).Failure); // and one more, to see whether somebody is there
        Assert.Equal(1, batch.RemoveMarked(outcomes, out lost));
        Assert.Equal((1, 2), (lost, batch.Count));

        using var again = Receiver(local);
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);

        Assert.Equal("three", Encoding.ASCII.GetString(Receive(again)));
        Assert.Equal("four", Encoding.ASCII.GetString(Receive(again)));
    }

    [Fact]
    public void Sends_the_rest_of_a_batch_when_one_message_is_too_long()
    {
        using var receiver = Receiver(new IPEndPoint(IPAddress.Loopback, 0));
        using var transport = DatagramTransport.OpenUdp("127.0.0.1", ((IPEndPoint)receiver.LocalEndPoint!).Port);
        var batch = Sending.Batch("one", new string('x', 70_000), "three");

        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);

        Assert.Equal(2, batch.Taken());
        Assert.Equal(0, batch.Count);
        Assert.Equal("one", Encoding.ASCII.GetString(Receive(receiver)));
        Assert.Equal("three", Encoding.ASCII.GetString(Receive(receiver)));
    }

    [Fact]
    public void Says_that_a_message_is_longer_than_a_datagram()
    {
        using var receiver = Receiver(new IPEndPoint(IPAddress.Loopback, 0));
        using var transport = DatagramTransport.OpenUdp("127.0.0.1", ((IPEndPoint)receiver.LocalEndPoint!).Port);
        Assert.Equal(SendFailure.TooLong, transport.SendOne(new byte[70_000]));
        Assert.Equal(SendFailure.None, transport.SendOne(new byte[SyslogOptions.LargestMaximumLength]));
    }

    [Fact]
    public void Says_at_the_start_that_nothing_listens()
    {
        var exception = Assert.Throws<IOException>(() => DatagramTransport.OpenLocal(LogPath));
        Assert.Equal($"cannot open the syslog socket {LogPath}: it does not exist: start the logger that makes it", exception.Message);
        exception = Assert.Throws<IOException>(() => DatagramTransport.OpenLocal(new string('x', 200)));
        Assert.EndsWith("the path is too long for a socket", exception.Message, StringComparison.Ordinal);

        File.WriteAllText(LogPath, ""); // the path is there, the logger is not
        exception = Assert.Throws<IOException>(() => DatagramTransport.OpenLocal(LogPath));
        Assert.EndsWith("nobody listens there: start the logger again", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<IOException>(() => DatagramTransport.OpenUdp("no-such-host.invalid"));
        Assert.EndsWith("no way to the host (its name is not known)", exception.Message, StringComparison.Ordinal);
    }

    private static Socket Receiver(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        socket.Bind(endpoint);
        return socket;
    }

    private static byte[] Receive(Socket receiver)
    {
        var buffer = new byte[70_000];
        return buffer[..receiver.Receive(buffer)];
    }

    private static bool HasIpv6Loopback()
    {
        try
        {
            using var socket = Receiver(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Socket LocalReceiver()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "datagram sockets with a path are of Unix");
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Bind(new UnixDomainSocketEndPoint(LogPath));
        return socket;
    }
}
