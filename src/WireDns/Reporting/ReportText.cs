using System.Globalization;
using System.Text;
using WireDns.Alerts;

namespace WireDns.Reporting;

/// <summary>Texts of a report.</summary>
internal static class ReportText
{
    private const long NanosecondsOfTick = 100;

    /// <summary>A text with everything escaped that is not visibly printable: control characters, bidirectional overrides.</summary>
    public static string Printable(string text) =>
        Ascii.IsValid(text) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? text : Terminal.Printable.Text(text);

    /// <summary>A time in UTC with microseconds; null for none.</summary>
    /// <param name="unixNanoseconds">The time in nanoseconds since the Unix epoch.</param>
    public static string? Time(long? unixNanoseconds) => unixNanoseconds is { } time
        ? DateTime.UnixEpoch.AddTicks((time / NanosecondsOfTick) - (time % NanosecondsOfTick < 0 ? 1 : 0)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
        : null;

    /// <summary>Address and port; null where the address is not known.</summary>
    public static string? End(AlertEndpoint end) => end.Address.Length == 0 ? null
        : end.Port == AlertEndpoint.UnknownPort ? end.Address
        : string.Create(CultureInfo.InvariantCulture, $"{(end.Address.Contains(':') ? $"[{end.Address}]" : end.Address)}:{end.Port}");
}

/// <summary>A name as it stands in a message.</summary>
internal static class NameOctets
{
    private const int MaximumLabel = 63;

    /// <summary>The octets of a name in presentation form (RFC 4343 §2.1), without compression; null if it is none, or the root.</summary>
    public static byte[]? Of(string? name)
    {
        if (string.IsNullOrEmpty(name) || name == ".")
        {
            return null;
        }

        var octets = new List<byte> { 0 };
        var start = 0;
        for (var index = 0; index < name.Length; index++)
        {
            if (name[index] == '.')
            {
                octets[start] = (byte)(octets.Count - start - 1);
                start = octets.Count;
                octets.Add(0);
                continue;
            }

            var letter = name[index];
            if (letter == '\\' && index + 1 < name.Length)
            {
                if (index + 3 < name.Length && byte.TryParse(name.AsSpan(index + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                {
                    octets.Add(value);
                    index += 3;
                    continue;
                }

                letter = name[++index];
            }

            if (letter > byte.MaxValue || octets.Count - start > MaximumLabel)
            {
                return null;
            }

            octets.Add((byte)letter);
        }

        octets[start] = (byte)(octets.Count - start - 1);
        octets.Add(0);
        return [.. octets];
    }
}
