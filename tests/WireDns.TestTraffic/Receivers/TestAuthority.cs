using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WireDns.TestTraffic.Receivers;

/// <summary>A certificate authority made for a test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-ca-").FullName;
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private int _count;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=WireDns test authority", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(1));
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>Its name, as it stands in what it issues.</summary>
    public string Subject => _certificate.Subject;

    /// <summary>Its certificate, as PEM.</summary>
    public string File => Path.Combine(_folder, "ca.pem");

    /// <summary>Issues a certificate for a name and 127.0.0.1; the files of it and of its key.</summary>
    public (string Certificate, string Key) Issue(string name, bool isExpired = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        var end = isExpired ? DateTimeOffset.UtcNow.AddDays(-1) : DateTimeOffset.UtcNow.AddDays(30);
        using var certificate = request.Create(_certificate, DateTimeOffset.UtcNow.AddYears(-1), end, [1, 2, 3, (byte)++_count]);
        var files = (Path.Combine(_folder, $"{_count}.pem"), Path.Combine(_folder, $"{_count}.key"));
        System.IO.File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
