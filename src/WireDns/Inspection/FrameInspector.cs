using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Terminal;
using WireDns.Wire;
using WireDns.Wire.Net;

using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>
/// Decodes a capture from its start up to one packet, so that fragments and streams that end in it are complete, and reports that packet's
/// outcome. If it holds only part of a message, decoding continues until another packet completes it.
/// </summary>
internal sealed class FrameInspector
{
    // The report itself says where the packet comes from.
    private static readonly PacketSource Source = PacketSource.OfFile("");

    private readonly MessageCollector _messages = new();
    private readonly PacketHistory _history = new();
    private readonly Worker _worker;

    public FrameInspector(PacketDecoderOptions options) => _worker = new Worker(_messages, options);

    /// <summary>Finds the packet of this number and decodes it. Only one call per inspector.</summary>
    /// <exception cref="CommandFailure">The capture has no such packet, or could not read it.</exception>
    /// <exception cref="CaptureFormatException">The capture is damaged before the packet.</exception>
    public InspectedFrame Inspect(CaptureFileReader reader, long number)
    {
        InspectedFrame? frame = null;
        try
        {
            while (reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    if (packet.Number < number)
                    {
                        Pass(packet);
                    }
                    else if (packet.IsMissing && packet.Number == number)
                    {
                        throw Unreadable(reader, number, packet.LinkType);
                    }
                    else if (packet.Number == number)
                    {
                        frame = Show(packet, reader.Name, batch.InterfaceOf(packet).Name);
                    }
                    else if (!frame!.Outcome.IsHeld || (frame = Follow(packet, frame)).CompletedBy > 0)
                    {
                        return frame;
                    }
                }
            }
        }
        catch (CaptureFormatException) when (frame is not null)
        {
            // The damage is after the packet: for this report, the capture ends there.
        }

        return frame is null ? throw Absent(reader, number) : Finish(frame);
    }

    private static CommandFailure Absent(CaptureFileReader reader, long number) =>
        new(ExitStatus.Usage, Invariant($"{reader.Name}: there is no packet {number}: ")
            + (reader.PacketsRead == 0 ? "the capture holds none" : Invariant($"the capture holds {reader.PacketsRead}")));

    private static CommandFailure Unreadable(CaptureFileReader reader, long number, LinkType why) =>
        new(ExitStatus.Failed, Invariant($"{reader.Name}: packet {number} cannot be shown: ") + why switch
        {
            LinkType.UnknownInterface => "its block names an interface that the file does not describe",
            LinkType.LengthBeyondBlock => "its length reaches past the end of its block",
            _ => "its block is too short to hold a packet",
        });

    private void Pass(in Packet packet)
    {
        var held = _worker.HeldPackets;
        _messages.HasSeenStream = false;
        _worker.Process(packet, Source);
        if (_worker.HeldPackets != held || _messages.HasSeenStream)
        {
            // Even a segment that was delivered: it may hold the start of the next message.
            _history.Add(packet.Number, packet.Data.ToArray());
        }
    }

    private InspectedFrame Show(in Packet packet, string file, string? interfaceName)
    {
        var data = packet.Data.ToArray();
        var before = _worker.Snapshot();
        _messages.IsCollecting = true;
        _worker.Process(packet, Source);
        var outcome = PacketOutcome.Between(before, _worker.Snapshot());
        var frame = new InspectedFrame
        {
            File = file,
            Number = packet.Number,
            Time = packet.Time,
            LinkType = packet.LinkType,
            InterfaceIndex = packet.InterfaceIndex,
            InterfaceName = interfaceName,
            Data = data,
            OriginalLength = packet.OriginalLength,
            Outcome = outcome,
            Messages = [.. _messages.Take().Select(message => message with
            {
                Packets = MessageTrace.Find(message, (message.Origin.PacketNumber, data), _history.Before(message.Origin.PacketNumber), outcome.Released),
            })],
        };
        _history.Add(packet.Number, data);
        return frame;
    }

    private InspectedFrame Follow(in Packet packet, InspectedFrame frame)
    {
        var held = _worker.HeldPackets;
        Pass(packet);
        var released = (int)Math.Max(0, held - _worker.HeldPackets);
        var data = packet.Data.ToArray();
        var number = packet.Number;
        return _messages.Take().Any(message => FlowPart.TryFind(frame.Data, message.Origin.Source, message.Origin.Destination, out _)
            && MessageTrace.Find(message, (number, data), _history.Before(number), released).Contains(frame.Number))
            ? frame with { CompletedBy = number }
            : frame;
    }

    private InspectedFrame Finish(InspectedFrame frame)
    {
        _worker.FinishSource(Source);
        var released = _messages.Take().Where(message => message.Origin.PacketNumber == frame.Number).Select(message => message with
        {
            Packets = MessageTrace.Find(message, (frame.Number, frame.Data), _history.Before(frame.Number), 1),
            IsReleasedByEnd = true,
        });
        return frame with { Messages = [.. frame.Messages, .. released] };
    }
}
