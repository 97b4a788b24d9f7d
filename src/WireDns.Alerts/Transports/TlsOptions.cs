using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WireDns.Alerts.Transports;

/// <summary>
/// How the receiver and the sensor prove who they are (RFC 5425): TLS 1.2 or 1.3, a certificate of a trusted authority for the receiver's
/// name. There is no way to switch the check off.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>PEM file with the certificates of the authorities to trust; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The name that the receiver's certificate must be for; null for the host that is connected to.</summary>
    public string? ServerName { get; init; }

    /// <summary>PEM file with the sensor's own certificate and the intermediate ones up to its authority; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of the sensor's certificate; null if it is in the same file.</summary>
    public string? KeyFile { get; init; }

    private static IEnumerable<string> OpenSsl => ["libssl.so.3", "libssl.so.1.1", "libssl.so"];

    /// <summary>Reads the files.</summary>
    /// <param name="host">The host that is connected to.</param>
    /// <exception cref="IOException">A file cannot be read or has no certificate, or OpenSSL is not there; the message says which.</exception>
    internal SslClientAuthenticationOptions Read(string host)
    {
        // The platform ends the process if OpenSSL is missing, so this checks before it is needed.
        if (OperatingSystem.IsLinux() && !OpenSsl.Any(name => NativeLibrary.TryLoad(name, out _)))
        {
            throw new IOException("TLS needs OpenSSL, which is not on this machine: install it (Debian and Ubuntu: libssl3; Fedora: openssl-libs; Alpine: openssl)");
        }

        var options = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName ?? host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (AuthorityFile is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(ReadAuthorities(AuthorityFile));
        }

        if (CertificateFile is not null)
        {
            options.ClientCertificates = [ReadOwn(CertificateFile, KeyFile)];
        }

        return options;
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (CryptographicException exception)
        {
            throw new IOException($"{file} has a broken certificate", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read {file}", exception);
        }

        return authorities.Count > 0 ? authorities : throw new IOException($"{file} has no certificate: PEM is expected");
    }

    private static X509Certificate2 ReadOwn(string certificateFile, string? keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (CryptographicException exception)
        {
            throw new IOException($"{certificateFile} and {keyFile ?? "the key in it"} are no certificate and its key", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read {certificateFile} and {keyFile ?? "the key in it"}", exception);
        }
    }
}
