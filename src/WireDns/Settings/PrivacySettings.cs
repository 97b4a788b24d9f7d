using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using WireDns.Alerts.Privacy;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>What is written in place of the addresses of clients.</summary>
internal sealed record PrivacySettings
{
    private const string Flag = "--client-privacy";
    private const string Cut = "prefix";
    private const string Replace = "pseudonym";
    private const int UsualIpv4Bits = 24;
    private const int UsualIpv6Bits = 48;

    // A line feed and a carriage return may follow.
    private const int LongestKeyFile = (2 * AddressPseudonyms.KeyLength) + 2;

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Text(
            Flag[2..], "HOW", "Write no client's address: 'prefix' cuts addresses (prefix,ipv4=24,ipv6=48), 'pseudonym,key=FILE' replaces them under a key, so that those of one "
                + "network stay together. In alerts, --log-dns, --evidence and the summary. network=NETWORK, which may be given several times: whose addresses are clients' too, "
                + "besides the private ones (docs/privacy.md).",
            settings => settings.Privacy.How, (settings, how) => settings with { Privacy = settings.Privacy with { How = how } })
            .Suggest(Cut, "pseudonym,key=privacy.key").ForExample("prefix,ipv4=24,ipv6=48"),
    ];

    /// <summary>What is written, as the user says it. Default: null, the addresses themselves.</summary>
    public string? How { get; init; }

    /// <summary>The file with the key; null if there is none.</summary>
    public string? KeyFile => How is null ? null : OutputTarget.Parse(How, Flag).Text("key");

    /// <summary>Reads the setting and the key, and says on stderr what is written; null if nothing is hidden.</summary>
    /// <param name="resolvers">The user's resolvers, which are no clients.</param>
    /// <exception cref="CommandFailure">A setting is wrong, or the key cannot be read.</exception>
    public ClientPrivacy? Open(IReadOnlyList<IPNetwork> resolvers)
    {
        if (How is null)
        {
            return null;
        }

        var target = OutputTarget.Parse(How, Flag);
        List<IPNetwork> networks = [.. ClientAddresses.PrivateNetworks];
        foreach (var text in target.Texts("network"))
        {
            networks.Add(DetectionSettings.ReadNetwork(text, out var network) is { } fault ? throw target.Mistake($"network {fault}") : network);
        }

        var isCut = target.Address == Cut;
        var addresses = isCut ? ClientAddresses.Cut(target.Number("ipv4", 0, 32) ?? UsualIpv4Bits, target.Number("ipv6", 0, 128) ?? UsualIpv6Bits, networks, resolvers)
            : target.Address == Replace ? ClientAddresses.Replace(new AddressPseudonyms(ReadKey(target)), networks, resolvers)
            : throw target.Mistake($"{Cut} or {Replace} was expected");
        target.RequireAllTaken();
        StandardError.Write($"wiredns: addresses of clients are {(isCut ? "cut to prefixes" : "replaced by pseudonyms")} in all that is written; rules, silences and suppression see the true ones");
        return new ClientPrivacy(addresses);
    }

    // No key is ever made up: pseudonyms under a key that nobody keeps would be others in each run.
    private static byte[] ReadKey(OutputTarget target)
    {
        var file = target.Text("key") ?? throw target.Mistake("key=FILE is missing: a file of 32 random octets, or of 64 hexadecimal digits (openssl rand -hex 32)");
        var content = new byte[LongestKeyFile + 1];
        int length;
        try
        {
            using var stream = File.OpenRead(file);
            length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(file, exception);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
        {
            StandardError.Write($"wiredns: {file}: others may read the key, and with it turn pseudonyms back; chmod 600 keeps it from them", LogLevel.Warning);
        }

        if (length == AddressPseudonyms.KeyLength)
        {
            return content[..length];
        }

        var digits = Encoding.ASCII.GetString(content, 0, length).TrimEnd('\r', '\n');
        return digits.Length == 2 * AddressPseudonyms.KeyLength && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new CommandFailure(ExitStatus.Usage, $"{file}: a key is 32 octets, or 64 hexadecimal digits on one line");
    }
}
