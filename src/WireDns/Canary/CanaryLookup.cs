using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DnsClient;

namespace WireDns.Canary;

/// <summary>Sends lookups of names that were never asked for before. Thread-safe.</summary>
/// <param name="resolver">Whom to ask; null for the resolvers of the system.</param>
/// <param name="patience">How long to wait for the answer.</param>
internal sealed class CanaryLookup(IPEndPoint? resolver, TimeSpan patience)
{
    /// <summary>A name under a zone that no one has asked for.</summary>
    public static string NewName(string zone) => $"c{RandomNumberGenerator.GetHexString(16, lowercase: true)}.{zone}";

    /// <summary>Asks for the address of a name. What is answered does not matter: a sensor sees the question.</summary>
    /// <returns>Whether there was an answer, and what happened, in words for the user.</returns>
    public async Task<(bool IsAnswered, string Words)> Ask(string name)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var options = resolver is null ? new LookupClientOptions() : new LookupClientOptions(resolver);
            options.UseCache = false;
            options.Retries = 0;
            options.Timeout = patience;
            options.ThrowDnsErrors = false;
            var client = new LookupClient(options);
            var answer = await client.QueryAsync(name, QueryType.A).ConfigureAwait(false);
            return (true, string.Create(
                CultureInfo.InvariantCulture, $"{answer.NameServer.Address} answered {answer.Header.ResponseCode} after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms"));
        }
        catch (DnsResponseException)
        {
            return (false, string.Create(CultureInfo.InvariantCulture, $"no resolver answered within {patience.TotalSeconds:0} s"));
        }
        catch (SocketException exception)
        {
            return (false, exception.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.HostUnreachable ? "there is no way to the resolver" : "it could not be sent");
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException or OperationCanceledException or IndexOutOfRangeException)
        {
            // DnsClient throws what it meets in an answer that is no message, and where the system has no resolver.
            return (false, "it could not be asked, or the answer could not be read");
        }
    }
}
