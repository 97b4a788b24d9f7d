using System.Net;
using System.Net.Sockets;
using System.Text;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Tests.Formats;
using WireDns.Alerts.Transports;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Alerts.Tests.Receivers;

/// <summary>Alerts to real servers, in every way that they can be reached.</summary>
public sealed class SyslogReceiverTests : IDisposable
{
    private static TimeSpan Patience => Waiting.Limit;
    private static readonly SyslogFormat Format = new(new EcsFormat("sensor", "1"), new SyslogOptions { HostName = "sensor" });

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(SyslogServer.Rsyslog, "local")]
    [InlineData(SyslogServer.Rsyslog, "udp")]
    [InlineData(SyslogServer.Rsyslog, "tcp")]
    [InlineData(SyslogServer.Rsyslog, "newline")]
    [InlineData(SyslogServer.Rsyslog, "tls")]
    [InlineData(SyslogServer.Rsyslog, "relp")]
    [InlineData(SyslogServer.Rsyslog, "relp+tls")]
    [InlineData(SyslogServer.SyslogNg, "local")]
    [InlineData(SyslogServer.SyslogNg, "udp")]
    [InlineData(SyslogServer.SyslogNg, "tcp")]
    [InlineData(SyslogServer.SyslogNg, "newline")]
    [InlineData(SyslogServer.SyslogNg, "tls")]
    public void Every_alert_arrives_as_it_was_sent(string program, string way)
    {
        using var server = new SyslogServer(program, _authority);
        using var delivery = new AlertDelivery([new AlertSink(way, Format, Open(server, way)) { Mode = QueueMode.Block }]);
        // Over UDP, no more than the receiver's socket holds while it is stopped: UDP has no way to say that it is full.
        var alerts = Enumerable.Range(0, way == "udp" ? 20 : 200).Select(Numbered)
            .Append(SampleAlerts.Full)
            .Append(SampleAlerts.Hostile("a\"]b\\ \n\u001b[31m ünï\ud800 %s #011"))
            .ToList();
        alerts.ForEach(alert => delivery.Enqueue(alert));
        Assert.True(delivery.Complete(Patience), delivery.Counters[0].DescribeLosses());

        var received = server.WaitFor(alerts.Count);

        var sent = alerts.Select(alert => Encoding.UTF8.GetString(Format.Octets(alert))).ToList();
        Assert.Equal(
            program == SyslogServer.Rsyslog ? sent.Select(message => message[(message.IndexOf('>') + 1)..]) : sent, // it writes no priority
            received);
    }

    [Theory]
    [InlineData(SyslogServer.Rsyslog, "tcp")]
    [InlineData(SyslogServer.Rsyslog, "local")]
    [InlineData(SyslogServer.SyslogNg, "tcp")]
    [InlineData(SyslogServer.SyslogNg, "local")]
    public void Every_format_with_every_octet_in_a_name_arrives_as_it_was_sent(string program, string way)
    {
        using var server = new SyslogServer(program, _authority);
        var sent = new List<string>();
        foreach (var name in FormatSamples.Names)
        {
            var format = new SyslogFormat(FormatSamples.Of(name), new SyslogOptions { HostName = "sensor" });
            using var delivery = new AlertDelivery([new AlertSink(way, format, Open(server, way)) { Mode = QueueMode.Block }]);
            var notifications = FormatSamples.All.Concat(Enumerable.Range(0, 256).Select(octet => SampleAlerts.Plain with
            {
                Id = $"{name}-{octet}",
                Message = SampleAlerts.Plain.Message with { QuestionName = $"a{ExactValueTests.Present([(byte)octet])}b.example" },
            })).Append(SampleAlerts.Hostile("a=b|c\\u{1b}\"]b\\ \n\u001b[31m ünï %s #011")).ToList();
            notifications.ForEach(notification => delivery.Enqueue(notification));
            Assert.True(delivery.Complete(Patience), delivery.Counters[0].DescribeLosses());
            sent.AddRange(notifications.Select(notification => Encoding.UTF8.GetString(format.Octets(notification))));
        }

        var received = server.WaitFor(sent.Count);

        // One connection after the other, whose messages a receiver may mix.
        Assert.Equal(
            sent.Select(message => program == SyslogServer.Rsyslog ? message[(message.IndexOf('>') + 1)..] : message).Order(StringComparer.Ordinal),
            received.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(SyslogServer.Rsyslog)]
    [InlineData(SyslogServer.SyslogNg)]
    public void A_logger_that_hangs_for_three_seconds_at_a_thousand_alerts_a_second_loses_none_on_the_local_socket(string program)
    {
        using var server = new SyslogServer(program, _authority);
        using var delivery = new AlertDelivery([new AlertSink("syslog", Format, Open(server, "local"))]); // the queue by default
        var halt = new Thread(() =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(1));
            server.Halt();
            Thread.Sleep(TimeSpan.FromSeconds(3)); // the outage itself, and no wait for anything
            server.Resume();
        });
        halt.Start();
        var start = TimeProvider.System.GetTimestamp();
        const int Alerts = 6000;
        for (var number = 0; number < Alerts; number++)
        {
            delivery.Enqueue(Numbered(number));
            if (number % 20 == 0 && TimeSpan.FromMilliseconds(number) - TimeProvider.System.GetElapsedTime(start) is { Ticks: > 0 } early)
            {
                Thread.Sleep(early); // a thousand a second
            }
        }

        halt.Join();
        Assert.True(delivery.Complete(Patience), delivery.Counters[0].DescribeLosses());
        Assert.NotEqual(0, delivery.Counters[0].Retries); // the outage was one
        Assert.Equal(Enumerable.Range(0, Alerts), Numbers(server.WaitFor(Alerts)));
    }

    // The system of a receiver that was fast holds much for it: up to 16 MiB on Linux since 6.17.
    [Fact]
    public void What_the_system_of_a_receiver_holds_unread_when_it_ends_is_sent_again()
    {
        const int Messages = 2000;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var transport = new TcpTransport("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, SyslogFraming.Newline);
        var sent = 0;
        var sender = AlertBufferTests.Start(() =>
        {
            var text = new string('x', 32_000);
            for (; sent < Messages; sent++)
            {
                var batch = new MessageBatch();
                batch.Add(Encoding.ASCII.GetBytes($"{sent} {text}"), "id");
                while (transport.Send(batch).Failure != SendFailure.None)
                {
                    Thread.Sleep(10);
                }
            }
        });
        var arrived = new HashSet<int>();
        using (var first = listener.AcceptTcpClient())
        {
            // In large pieces, so that the system offers a large window; then nobody reads any more, until nothing goes.
            var read = new byte[6 << 20];
            for (var count = 0; count < read.Length;)
            {
                count += first.GetStream().Read(read, count, Math.Min(65_536, read.Length - count));
            }

            arrived.UnionWith(NumbersIn(Encoding.ASCII.GetString(read).Split('\n')[..^1]));
            Assert.True(SpinWait.SpinUntil(IsStuck, Patience));
            first.LingerState = new LingerOption(true, 0);
        }

        using var second = listener.AcceptTcpClient();
        using var rest = new StreamReader(second.GetStream());
        while (!arrived.Contains(Messages - 1) && rest.ReadLine() is { } line)
        {
            arrived.UnionWith(NumbersIn([line]));
        }

        Assert.Equal(Enumerable.Range(0, Messages), arrived.Order());
        Assert.True(sender.Join(Patience));

        bool IsStuck()
        {
            var before = Volatile.Read(ref sent);
            Thread.Sleep(300);
            return Volatile.Read(ref sent) == before;
        }

        static IEnumerable<int> NumbersIn(IEnumerable<string> lines) => lines.Select(line => int.Parse(line.AsSpan(0, line.IndexOf(' ')), null));
    }

    [Theory]
    [InlineData(SyslogServer.Rsyslog, "local", 11)] // what its socket had accepted: net.unix.max_dgram_qlen, which is 10, and one
    [InlineData(SyslogServer.Rsyslog, "tcp", 0)]
    [InlineData(SyslogServer.Rsyslog, "tls", 0)]
    [InlineData(SyslogServer.Rsyslog, "relp", 0)]
    [InlineData(SyslogServer.Rsyslog, "relp+tls", 0)]
    [InlineData(SyslogServer.SyslogNg, "tcp", 0)]
    public void A_receiver_that_is_killed_and_started_again_loses_no_more_than_is_said(string program, string way, int most)
    {
        using var server = new SyslogServer(program, _authority);
        using var delivery = new AlertDelivery([new AlertSink(way, Format, Open(server, way)) { Mode = QueueMode.Block }]);
        const int First = 500;
        const int Alerts = 4000; // several times what all buffers on the way hold
        Add(0, First);
        server.WaitFor(First);
        server.Halt(); // from here on the receiver accepts, and does not read
        var adder = AlertBufferTests.Start(() => Add(First, Alerts));
        var delivered = 0L;
        Assert.True(SpinWait.SpinUntil(IsStuck, Patience));
        server.End();
        server.Start();
        Assert.True(adder.Join(Patience));
        Assert.True(delivery.Complete(Patience), delivery.Counters[0].DescribeLosses());

        var arrived = Numbers(server.WaitFor(Alerts - most)).ToList();
        var different = arrived.Distinct().ToList();
        Assert.InRange(Alerts - different.Count, 0, most);
        Assert.Equal(different.Order(), different); // first arrivals are in order
        TestContext.Current.SendDiagnosticMessage($"{program} {way}: {Alerts - different.Count} lost, {arrived.Count - different.Count} twice");

        void Add(int from, int to)
        {
            for (var number = from; number < to; number++)
            {
                delivery.Enqueue(Numbered(number));
            }
        }

        // It takes no more: an attempt failed, or nothing was settled for half a second.
        bool IsStuck()
        {
            var before = delivered;
            Thread.Sleep(500);
            delivered = delivery.Counters[0].Delivered;
            return delivered > First - 1 && (delivery.Counters[0].Retries > 0 || delivered == before);
        }
    }

    [Theory]
    [InlineData("tls", "another authority", "localhost", false, "the receiver's certificate is of no trusted authority")]
    [InlineData("tls", "another name", "other.example", false, "the receiver's certificate is for another name than localhost")]
    [InlineData("tls", "an expired certificate", "localhost", true, "the receiver's certificate has expired, or is not valid yet")]
    [InlineData("relp+tls", "another authority", "localhost", false, "the receiver's certificate is of no trusted authority")]
    [InlineData("relp+tls", "another name", "other.example", false, "the receiver's certificate is for another name than localhost")]
    [InlineData("relp+tls", "an expired certificate", "localhost", true, "the receiver's certificate has expired, or is not valid yet")]
    public void A_receiver_that_cannot_prove_who_it_is_gets_nothing(string way, string fault, string name, bool isExpired, string expected)
    {
        using var stranger = new TestAuthority();
        using var server = new SyslogServer(SyslogServer.Rsyslog, _authority, new SyslogServerTls { Name = name, IsExpired = isExpired });
        using var transport = Open(server, way, new TlsOptions { AuthorityFile = (fault == "another authority" ? stranger : _authority).File });
        var batch = Sending.Batch("secret");

        var outcome = transport.Send(batch);

        Assert.Equal((SendFailure.NotTrusted, expected), (outcome.Failure, outcome.Detail));
        Assert.Equal(1, batch.Count);
        Assert.Empty(server.Received());
    }

    [Theory]
    [InlineData(SyslogServer.Rsyslog, "tls", true)]
    [InlineData(SyslogServer.Rsyslog, "tls", false)]
    [InlineData(SyslogServer.Rsyslog, "relp+tls", true)]
    [InlineData(SyslogServer.Rsyslog, "relp+tls", false)]
    [InlineData(SyslogServer.SyslogNg, "tls", true)]
    [InlineData(SyslogServer.SyslogNg, "tls", false)]
    public void A_receiver_that_wants_a_certificate_gets_all_with_it_and_nothing_counts_as_delivered_without(string program, string way, bool isOld)
    {
        using var server = new SyslogServer(program, _authority, new SyslogServerTls { WantsCertificate = true, IsOld = isOld });
        using var stranger = new TestAuthority();
        var (foreign, foreignKey) = stranger.Issue("sensor");
        foreach (var tls in new[]
        {
            new TlsOptions { AuthorityFile = _authority.File },
            new TlsOptions { AuthorityFile = _authority.File, CertificateFile = foreign, KeyFile = foreignKey },
        })
        {
            using var refused = new AlertDelivery([new AlertSink(way, Format, Open(server, way, tls)) { Mode = QueueMode.Block, Patience = TimeSpan.Zero }]);
            refused.Enqueue(Numbered(0));
            Assert.False(refused.Complete(Patience));
            Assert.Equal(0, refused.Counters[0].Delivered);
            TestContext.Current.SendDiagnosticMessage($"{program} {way} {(isOld ? "1.2" : "1.3")}: {refused.Counters[0].DescribeLosses()}");
        }

        var (certificate, key) = _authority.Issue("sensor");
        using var delivery = new AlertDelivery(
            [new AlertSink(way, Format, Open(server, way, new TlsOptions { AuthorityFile = _authority.File, CertificateFile = certificate, KeyFile = key })) { Mode = QueueMode.Block }]);
        Enumerable.Range(1, 100).ToList().ForEach(number => delivery.Enqueue(Numbered(number)));
        Assert.True(delivery.Complete(Patience), delivery.Counters[0].DescribeLosses());
        Assert.Equal(Enumerable.Range(1, 100), Numbers(server.WaitFor(100)));
    }

    private IMessageTransport Open(SyslogServer server, string way, TlsOptions? tls = null) => way switch
    {
        "local" => DatagramTransport.OpenLocal(server.LocalPath),
        "udp" => DatagramTransport.OpenUdp("127.0.0.1", server.Udp),
        "tcp" => new TcpTransport("127.0.0.1", server.Tcp),
        "newline" => new TcpTransport("127.0.0.1", server.Newline, SyslogFraming.Newline),
        "tls" => new TcpTransport("localhost", server.Tls, tls: tls ?? new TlsOptions { AuthorityFile = _authority.File }),
        "relp+tls" => new RelpTransport("localhost", server.RelpTls, tls: tls ?? new TlsOptions { AuthorityFile = _authority.File }),
        _ => new RelpTransport("127.0.0.1", server.Relp),
    };

    private static Alert Numbered(int number) => SampleAlerts.Plain with { Id = $"{number:x16}", PacketNumber = number };

    private static IEnumerable<int> Numbers(IEnumerable<string> received)
    {
        foreach (var message in received)
        {
            var start = message.IndexOf(" packet=\"", StringComparison.Ordinal) + 9;
            yield return int.Parse(message.AsSpan(start, message.IndexOf('"', start) - start), null);
        }
    }
}
