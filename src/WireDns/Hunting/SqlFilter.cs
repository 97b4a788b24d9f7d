using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Hunting;

/// <summary>Writes what a user chose as a condition of SQL on the rows of a log.</summary>
internal static class SqlFilter
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>The condition; empty if nothing was chosen.</summary>
    /// <exception cref="CommandFailure">A network cannot be compared with the text of an address.</exception>
    public static string Of(ChoiceSettings choice)
    {
        var tests = new List<string>();
        if (choice.Since is { } since)
        {
            tests.Add(From(since.Nanoseconds));
        }

        if (choice.Until is { } until)
        {
            // A row without a time is on neither side.
            tests.Add($"NOT ({From(until.Nanoseconds)}) AND ts IS NOT NULL");
        }

        Add("client", choice.Clients, "client_ip");
        Add("server", choice.Servers, "server_ip");
        if (choice.Names.Count > 0)
        {
            tests.Add($"({string.Join(" OR ", choice.Names.Select(name => $"qname LIKE {Quote(Like(name.ToLowerInvariant()))} ESCAPE '!'"))})");
        }

        return string.Join(" AND ", tests);

        void Add(string flag, IReadOnlyList<IPNetwork> networks, string column)
        {
            if (networks.Count > 0)
            {
                tests.Add($"({string.Join(" OR ", networks.Select(network => In(flag, network, column)))})");
            }
        }
    }

    // The column ts has microseconds; what is left of a nanosecond is in another one.
    private static string From(long nanoseconds)
    {
        var micros = Math.DivRem(nanoseconds, NanosecondsPerMicrosecond, out var rest);
        (micros, rest) = rest < 0 ? (micros - 1, rest + NanosecondsPerMicrosecond) : (micros, rest);
        var time = DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        return rest == 0
            ? $"ts >= TIMESTAMPTZ '{time}+00'"
            : string.Create(CultureInfo.InvariantCulture, $"(ts > TIMESTAMPTZ '{time}+00' OR (ts = TIMESTAMPTZ '{time}+00' AND ts_nanos >= {rest}))");
    }

    private static string In(string flag, IPNetwork network, string column)
    {
        if (network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            const int WholeAddress = 128;
            return network.PrefixLength == WholeAddress ? $"{column} = {Quote(network.BaseAddress.ToString())}" : throw new CommandFailure(
                ExitStatus.Usage, $"--{flag} {network}: of IPv6, --sql takes whole addresses here; ask for a network in the query");
        }

        var first = BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());
        const int WholeIpv4Address = 32;
        var last = first | (network.PrefixLength == WholeIpv4Address ? 0 : uint.MaxValue >> network.PrefixLength);
        var number = string.Join(" + ", new[] { 1L << 24, 1L << 16, 1L << 8, 1L }.Select((factor, index) => string.Create(
            CultureInfo.InvariantCulture, $"TRY_CAST(split_part({column}, '.', {index + 1}) AS BIGINT) * {factor}")));
        return string.Create(CultureInfo.InvariantCulture, $"coalesce({number} BETWEEN {first} AND {last}, FALSE)");
    }

    private static string Like(string pattern) => string.Concat(pattern.Select(character => character switch
    {
        '*' => "%",
        '?' => "_",
        '%' or '_' or '!' => $"!{character}",
        _ => character.ToString(),
    }));

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
