using System.Net.Security;
using System.Net.Sockets;
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
    internal TlsClient Read(string host)
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
            options.CertificateChainPolicy.CustomTrustStore.AddRange(ReadAll(AuthorityFile));
        }

        if (CertificateFile is not null)
        {
            // The context, unlike a list of certificates, sends the intermediate ones too.
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                ReadOwn(CertificateFile, KeyFile), ReadAll(CertificateFile), offline: true);
        }

        return new TlsClient(options);
    }

    private static X509Certificate2Collection ReadAll(string file)
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
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            if (!OperatingSystem.IsWindows())
            {
                return certificate;
            }

            // TLS on Windows takes no key that is in memory alone.
            using (certificate)
            {
                return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
            }
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

/// <summary>The sensor's side of TLS: how it connects, and why it refused the last receiver.</summary>
internal sealed class TlsClient
{
    /// <summary>Checks every receiver's certificate by the options.</summary>
    public TlsClient(SslClientAuthenticationOptions options)
    {
        Options = options;
        options.RemoteCertificateValidationCallback = IsTrusted;
    }

    /// <summary>How to connect.</summary>
    public SslClientAuthenticationOptions Options { get; }

    /// <summary>What is wrong with the last receiver's certificate, in words for the user; null if it is trusted.</summary>
    public string? Refusal { get; private set; }

    /// <summary>
    /// What an exception of TLS means; null if it is none of TLS. A receiver with TLS 1.3 refuses the sensor's certificate only after the handshake, so
    /// a read fails, with OpenSSL's text inside.
    /// </summary>
    public SendOutcome? OutcomeOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException:
                    return null;
                case AuthenticationException when Refusal is not null:
                    return new(SendFailure.NotTrusted, Refusal);
                case AuthenticationException:
                    return new(SendFailure.NotTrusted, "TLS failed: the receiver wants another certificate of the sensor (cert=), or no TLS that the sensor has");
                case IOException { InnerException: not (null or IOException or SocketException or AuthenticationException) }:
                    return new(SendFailure.NotTrusted, "the receiver ended TLS: it wants another certificate of the sensor (cert=)");
            }
        }

        return null;
    }

    /// <summary>The platform's own verdict, in our words.</summary>
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = errors switch
        {
            SslPolicyErrors.None => null,
            _ when certificate is null => "the receiver has no certificate",
            _ when Has(chain, X509ChainStatusFlags.NotTimeValid) => "the receiver's certificate has expired, or is not valid yet",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => $"the receiver's certificate is for another name than {Options.TargetHost}",
            _ => "the receiver's certificate is of no trusted authority",
        };
        return errors == SslPolicyErrors.None;
    }

    private static bool Has(X509Chain? chain, X509ChainStatusFlags flag) => chain?.ChainStatus.Any(status => status.Status.HasFlag(flag)) == true;
}
