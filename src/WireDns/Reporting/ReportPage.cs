using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WireDns.Reporting;

/// <summary>
/// A report as one HTML page that needs no network. Its policy lets nothing run but the page's own script and style, by their hashes, and nothing be
/// fetched. What comes from captures and rules is packed (JSON, gzip, base64), so that it cannot be markup, and the script shows it as text alone.
/// </summary>
internal static class ReportPage
{
    /// <summary>Writes the page as UTF-8.</summary>
    public static void Write(Stream output, ReportContent content)
    {
        var (style, script) = (Resource("report.css"), Resource("report.js"));
        var parts = Resource("report.html")
            .Replace("{{policy}}", $"default-src 'none'; script-src {Hash(script)}; style-src {Hash(style)}; base-uri 'none'; form-action 'none'; "
                + "require-trusted-types-for 'script'; trusted-types 'none'", StringComparison.Ordinal)
            .Replace("{{title}}", HtmlEncoder.Default.Encode(ReportText.Printable(content.Title)), StringComparison.Ordinal)
            .Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal)
            .Split(["{{data}}", "{{further}}", "{{alerts}}"], StringSplitOptions.None);

        // The page shows the first groups before a browser has read the others. The script reads the alerts of a group when they are wanted.
        output.Write(Encoding.UTF8.GetBytes(parts[0]));
        WriteJson(output, json => new ReportJson(json, content).WriteForPage());
        output.Write(Encoding.UTF8.GetBytes(parts[1]));
        WriteJson(output, json => new ReportJson(json, content).WriteFurtherGroups());
        output.Write(Encoding.UTF8.GetBytes(parts[2]));
        WritePacked(output, packed => ReportJson.WriteAlerts(packed, content));
        output.Write(Encoding.UTF8.GetBytes(parts[3]));
    }

    private static void WriteJson(Stream output, Action<Utf8JsonWriter> write) => WritePacked(output, packed =>
    {
        using var json = new Utf8JsonWriter(packed);
        write(json);
    });

    // A browser takes longer to read the text of a large page than to unpack it.
    private static void WritePacked(Stream output, Action<Stream> write)
    {
        using var transform = new ToBase64Transform();
        using var encoded = new CryptoStream(output, transform, CryptoStreamMode.Write, leaveOpen: true);
        using var packed = new GZipStream(encoded, CompressionLevel.Optimal);
        write(packed);
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    // Line ends as an HTML parser makes them, which the hash is computed of.
    private static string Resource(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
