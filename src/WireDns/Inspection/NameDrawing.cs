using System.Globalization;
using System.Text;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>
/// A name as written in the message: its labels with their lengths, and each compression pointer with its target. A faulty name is drawn as
/// far as it goes, and only while its pointers go backwards.
/// </summary>
internal static class NameDrawing
{
    // A name has at most 127 pointers (see DnsName); more than a few add nothing, and many names may share a long chain.
    private const int MaximumDepth = 12;
    private const int MaximumRunLength = 600;

    /// <summary>The lines below a name: one for each run of labels, up to the first that ends without a pointer.</summary>
    public static IReadOnlyList<Part[]> Draw(byte[] message, int offset)
    {
        var lines = new List<Part[]>();
        if (offset < message.Length && message[offset] == 0)
        {
            return lines;
        }

        for (var run = offset; lines.Count < MaximumDepth;)
        {
            var line = new List<Part> { new(new string(' ', 3 * lines.Count) + "└─ ", Style.Faint) };
            if (lines.Count > 0)
            {
                line.Add(new Part($"{FieldTable.Hex(run)} ", Style.Faint));
            }

            var target = AddRun(message, run, line);
            if (target >= 0 || lines.Count == 0 || line.Exists(part => part.Style == Style.Fault))
            {
                lines.Add([.. line]);
            }

            // A target that is not before the run is a fault, or a loop.
            if (target < DnsHeader.LengthInBytes || target >= run)
            {
                return lines;
            }

            run = target;
        }

        lines.Add([new Part(new string(' ', 3 * lines.Count) + "└─ … more pointers", Style.Faint)]);
        return lines;
    }

    /// <summary>How many octets a name takes at its place: its labels, and the pointer or the root after them, sound or not.</summary>
    public static int LengthAt(byte[] message, int offset)
    {
        var position = offset;
        while (position < message.Length && message[position] is > 0 and < 0x40 && position - offset < MaximumRunLength)
        {
            position += message[position] + 1;
        }

        var end = position < message.Length ? position + (message[position] >= 0xc0 ? 2 : 1) : position;
        return Math.Min(end, message.Length) - offset;
    }

    /// <summary>Adds the labels from an offset on; returns where the pointer after them points, or −1 without one.</summary>
    private static int AddRun(byte[] message, int position, List<Part> line)
    {
        var start = position;
        while (position < message.Length && position - start < MaximumRunLength)
        {
            int length = message[position];
            if (length == 0)
            {
                line.Add(new Part("0", Style.Faint));
                return -1;
            }

            if (length >= 0xc0)
            {
                return AddPointer(message, position, start, line);
            }

            if (length > 63)
            {
                line.Add(new Part(Invariant($"0x{length:x2}: no type of label"), Style.Fault));
                return -1;
            }

            line.Add(new Part(length.ToString(CultureInfo.InvariantCulture) + " ", Style.Faint));
            var label = message.AsSpan(position + 1, Math.Min(length, message.Length - position - 1));
            line.Add(new Part($"\"{LabelText(label)}\" "));
            if (label.Length < length)
            {
                line.Add(new Part("cut", Style.Fault));
                return -1;
            }

            position += length + 1;
        }

        line.Add(new Part(position < message.Length ? "…" : "cut", Style.Fault));
        return -1;
    }

    private static int AddPointer(byte[] message, int position, int start, List<Part> line)
    {
        if (position + 1 == message.Length)
        {
            line.Add(new Part("pointer, cut", Style.Fault));
            return -1;
        }

        var target = ((message[position] & 0x3f) << 8) | message[position + 1];
        line.Add(new Part($"→ {FieldTable.Hex(target)} ", Style.Pointer));
        if (target < DnsHeader.LengthInBytes)
        {
            line.Add(new Part("into the header", Style.Fault));
        }
        else if (target >= start)
        {
            line.Add(new Part(target == position ? "to itself" : target > position ? "forward" : "into the labels that it ends", Style.Fault));
        }
        else if (DnsName.TryRead(message, target, out var name, out _, out _))
        {
            line.Add(new Part($"\"{name.ToString()}\"", Style.Value));
        }
        else
        {
            line.Add(new Part(name.IsRoot ? "no sound name" : $"\"{name.ToString()}\" and a fault", Style.Fault));
        }

        return target;
    }

    // As in presentation form (RFC 1035 §5.1); the drawing adds the quotes.
    private static string LabelText(ReadOnlySpan<byte> label)
    {
        var text = new StringBuilder(label.Length);
        foreach (var octet in label)
        {
            if (octet is (byte)'.' or (byte)'\\')
            {
                text.Append('\\').Append((char)octet);
            }
            else if (octet is < 0x21 or > 0x7e)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{octet:D3}");
            }
            else
            {
                text.Append((char)octet);
            }
        }

        return text.ToString();
    }
}
