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
    /// <param name="lines">The file.</param>
    /// <param name="reading">Takes the names.</param>
    /// <param name="takesAll">Whether the names of every address are wanted, and not only of those that lead nowhere (0.0.0.0, 127.0.0.1, ::).</param>
    public static void Read(LineReader lines, IListValues reading, bool takesAll = true)
    {
        var known = Array.Empty<byte>();
        var ownNames = 0;
        var hosts = 0;
        var isTaken = true;
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
                if (!IPAddress.TryParse(address, out var parsed))
                {
                    reading.Fault(lines.Number, $"expected an address and the names after it, found '{ListReading.Show(line)}'");
                    continue;
                }

                known = address.ToArray();
                isTaken = takesAll || IPAddress.IsLoopback(parsed) || parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any);
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
                else if (isTaken)
                {
                    reading.Add(lines.Number, words.Column, name);
                }
                else
                {
                    hosts++;
                }
            }
            while (words.TryRead(out name));
        }

        reading.Note(hosts, "names of hosts with an address of their own are left out: only 0.0.0.0, 127.0.0.1, :: and the like mean that a name is unwanted");
        reading.Note(ownNames, "names of the host itself (localhost and the like) are left out");
    }

    // What every hosts file begins with. Under contains, localhost or local would be found in many a name.
    private static bool IsOwn(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "localhost"u8) || Ascii.EqualsIgnoreCase(name, "localhost.localdomain"u8)
        || Ascii.EqualsIgnoreCase(name, "local"u8) || Ascii.EqualsIgnoreCase(name, "broadcasthost"u8)
        || Ascii.EqualsIgnoreCase(name, "0.0.0.0"u8)
        || (name.Length > 4 && Ascii.EqualsIgnoreCase(name[..4], "ip6-"u8));
}
