using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Signs requests as Standard Webhooks 1.0 says: HMAC-SHA256 of <c>id.time.body</c>, with the key that both sides have. The receiver knows by it that the
/// sensor sent the body, and when; by the id, that it comes a second time.
/// </summary>
/// <param name="key">The key.</param>
internal sealed class RequestSigner(byte[] key)
{
    private const string Prefix = "whsec_";
    private const int ShortestKey = 16; // octets; Standard Webhooks asks for 24 to 64, and others for less

    /// <summary>Reads the key.</summary>
    /// <exception cref="IOException">It cannot be read, or is too short; the message names the file.</exception>
    public static RequestSigner Read(string file)
    {
        var line = HttpHeaderFile.ReadLine(file, "key");
        var key = Encoding.UTF8.GetBytes(line);
        if (line.StartsWith(Prefix, StringComparison.Ordinal))
        {
            key = new byte[line.Length];
            key = Convert.TryFromBase64String(line[Prefix.Length..], key, out var length)
                ? key[..length]
                : throw new IOException($"{file}: base64 is expected after {Prefix}");
        }

        return key.Length >= ShortestKey
            ? new RequestSigner(key)
            : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{file}: the key is too short: at least {ShortestKey} octets are expected"));
    }

    /// <summary>The headers that sign a request.</summary>
    /// <param name="id">The id of the request: the same when the same body is sent again.</param>
    /// <param name="time">When it is sent.</param>
    /// <param name="body">The body as it is sent: compressed, if it is.</param>
    public IEnumerable<(string Name, string Value)> Headers(string id, DateTimeOffset time, ReadOnlySpan<byte> body)
    {
        var seconds = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes($"{id}.{seconds}."));
        hash.AppendData(body);
        return [("webhook-id", id), ("webhook-timestamp", seconds), ("webhook-signature", "v1," + Convert.ToBase64String(hash.GetHashAndReset()))];
    }
}
