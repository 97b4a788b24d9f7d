using System.Net;
using System.Text;

namespace WireDns.Detection.Lists;

/// <summary>
/// A hosts file: an address, its names, and a comment after <c>#</c>. The names are the values, whatever the address: lists of unwanted names
/// write 0.0.0.0 or 127.0.0.1.
/// </summary>
internal static class HostsList
{
    /// <summary>Reads the names.</summary>
    public static void Read(LineReader lines, ListReading reading)
    {
        var known = Array.Empty<byte>();
        var ownNames = 0;
        while (!reading.IsHopeless && lines.TryRead(out var line))
        {
            var comment = line.IndexOf((byte)'#');
            var words = new BlankSeparated(comment < 0 ? line : line[..comment]);
            if (!words.TryRead(out var address))
            {
                continue;
            }

            // Nearly every line has the address of the one before.
            if (!address.SequenceEqual(known))
            {
                if (!IPAddress.TryParse(address, out _))
                {
                    reading.Fault(lines.Number, $"expected an address and the names after it, found '{ListReading.Show(line)}'");
                    continue;
                }

                known = address.ToArray();
            }

            if (!words.TryRead(out var name))
            {
                reading.Fault(lines.Number, $"expected a name after the address {ListReading.Show(address)}, found none");
                continue;
            }

            do
            {
                if (IsOwn(name))
                {
                    ownNames++;
                }
                else
                {
                    reading.Add(lines.Number, name);
                }
            }
            while (words.TryRead(out name));
        }

        reading.Note(ownNames, "names of the host itself (localhost and the like) are left out");
    }

    // What every hosts file begins with. Under contains, localhost or local would be found in many a name.
    private static bool IsOwn(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "localhost"u8) || Ascii.EqualsIgnoreCase(name, "localhost.localdomain"u8)
        || Ascii.EqualsIgnoreCase(name, "local"u8) || Ascii.EqualsIgnoreCase(name, "broadcasthost"u8)
        || Ascii.EqualsIgnoreCase(name, "0.0.0.0"u8)
        || (name.Length > 4 && Ascii.EqualsIgnoreCase(name[..4], "ip6-"u8));
}
