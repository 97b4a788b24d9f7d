using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// One DNS connection over TCP (RFC 7766) from its handshake to its end: all segments are decided at its start and
/// then sent one by one between the packets of others.
/// </summary>
internal sealed class TcpConversation
{
    private readonly Queue<TcpStep> _steps = new();
    private readonly Endpoint _client;
    private readonly Endpoint _server;
    private readonly StreamSlicer _slicer;
    private readonly SegmentationStyle _style;
    private uint _clientSequence;
    private uint _serverSequence;

    /// <summary>
    /// Decides the segments of a connection that carries the lookups, all between the first one's hosts.
    /// </summary>
    public TcpConversation(
        Xoshiro256 random, DnsMessage messages, ReadOnlySpan<Lookup> lookups, SegmentationStyle style)
    {
        _client = lookups[0].Client;
        _server = lookups[0].Resolver;
        _slicer = new StreamSlicer(random);
        _style = style;
        _clientSequence = FirstSequence(random);
        _serverSequence = FirstSequence(random);
        Connect();
        if (style is SegmentationStyle.Whole or SegmentationStyle.Split)
        {
            foreach (var lookup in lookups)
            {
                Exchange(messages, [lookup]);
            }
        }
        else
        {
            Exchange(messages, lookups);
        }

        Close();
    }

    /// <summary>Whether all segments were taken.</summary>
    public bool IsOver => _steps.Count == 0;

    /// <summary>Takes the next segment.</summary>
    public TcpStep Next() => _steps.Dequeue();

    /// <summary>
    /// One in eight starts so close below 2^32 that the sequence numbers wrap during the connection (RFC 9293 §3.4).
    /// </summary>
    private static uint FirstSequence(Xoshiro256 random) =>
        random.Below(8) == 0 ? uint.MaxValue - (uint)random.Below(100) : random.NextUInt32();

    private static byte[] Framed(ReadOnlySpan<Lookup> lookups, Func<Memory<byte>, Lookup, int> write)
    {
        var run = new byte[lookups.Length * (DnsMessage.Capacity + sizeof(ushort))];
        var end = 0;
        foreach (var lookup in lookups)
        {
            var length = write(run.AsMemory(end + sizeof(ushort)), lookup);
            BinaryPrimitives.WriteUInt16BigEndian(run.AsSpan(end), (ushort)length);
            end += sizeof(ushort) + length;
        }

        return run[..end];
    }

    private void Connect()
    {
        Send(fromClient: true, _clientSequence++, 0, TcpFlags.Syn);
        Send(fromClient: false, _serverSequence++, _clientSequence, TcpFlags.Syn | TcpFlags.Acknowledge);
        Send(fromClient: true, _clientSequence, _serverSequence, TcpFlags.Acknowledge);
    }

    private void Exchange(DnsMessage messages, ReadOnlySpan<Lookup> lookups)
    {
        SendRun(fromClient: true, Framed(lookups, (message, lookup) => DnsMessage.WriteQuery(message.Span, lookup)));
        Send(fromClient: false, _serverSequence, _clientSequence, TcpFlags.Acknowledge);
        SendRun(fromClient: false, Framed(lookups, (message, lookup) => messages.WriteResponse(message.Span, lookup)));
        Send(fromClient: true, _clientSequence, _serverSequence, TcpFlags.Acknowledge);
    }

    /// <summary>Sends octets in one or more segments; acknowledgments wait until all have arrived.</summary>
    private void SendRun(bool fromClient, byte[] run)
    {
        var first = fromClient ? _clientSequence : _serverSequence;
        var acknowledgment = fromClient ? _serverSequence : _clientSequence;
        foreach (var slice in _slicer.Slice(run.Length, _style))
        {
            var (start, _) = slice.GetOffsetAndLength(run.Length);
            Send(
                fromClient,
                first + (uint)start,
                acknowledgment,
                TcpFlags.Push | TcpFlags.Acknowledge,
                run.AsMemory(slice));
        }

        if (fromClient)
        {
            _clientSequence += (uint)run.Length;
        }
        else
        {
            _serverSequence += (uint)run.Length;
        }
    }

    private void Close()
    {
        Send(fromClient: true, _clientSequence++, _serverSequence, TcpFlags.Fin | TcpFlags.Acknowledge);
        Send(fromClient: false, _serverSequence++, _clientSequence, TcpFlags.Fin | TcpFlags.Acknowledge);
        Send(fromClient: true, _clientSequence, _serverSequence, TcpFlags.Acknowledge);
    }

    private void Send(
        bool fromClient, uint sequence, uint acknowledgment, TcpFlags flags, ReadOnlyMemory<byte> payload = default)
    {
        var (source, destination) = fromClient ? (_client, _server) : (_server, _client);
        _steps.Enqueue(new TcpStep(new TcpHeader(source, destination, sequence, acknowledgment, flags), payload));
    }
}
