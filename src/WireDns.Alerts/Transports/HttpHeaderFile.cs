using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Transports;

/// <summary>Files with what a request carries and no log shows: headers, a key, a path.</summary>
internal static class HttpHeaderFile
{
    private static readonly string[] Ours = ["Content-Length", "Content-Encoding", "Transfer-Encoding"];

    /// <summary>Reads a header per line: <c>Name: value</c>. Empty lines mean nothing.</summary>
    /// <exception cref="IOException">It cannot be read, or a line is no header; the message names it, and never shows it.</exception>
    public static List<(string Name, string Value)> Read(string file)
    {
        var lines = Lines(file, "headers");
        var headers = new List<(string, string)>();
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].Trim().Length == 0)
            {
                continue;
            }

            var colon = lines[index].IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? ("", "") : (lines[index][..colon].Trim(), lines[index][(colon + 1)..].Trim());
            var fault = !IsName(name) ? "a header is expected, as Name: value"
                : !value.All(character => character is >= ' ' and <= '~') ? "a header is ASCII without control characters"
                : Ours.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"{name} is set by WireDns"
                : null;
            if (fault is not null)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{file}:{index + 1}: {fault}"));
            }

            headers.Add((name, value));
        }

        return headers;
    }

    /// <summary>Reads the one line of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What is in it, in errors.</param>
    /// <exception cref="IOException">It cannot be read, or has not one line; the message names it.</exception>
    public static string ReadLine(string file, string what) => Lines(file, what).Where(line => line.Trim().Length > 0).ToList() is [var line]
        ? line.Trim()
        : throw new IOException($"{file}: one line is expected, with the {what}");

    private static string[] Lines(string file, string what)
    {
        try
        {
            return File.ReadAllLines(file, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read the {what} in {file}: {SystemErrors.Words(exception)}", exception);
        }
    }

    // RFC 9110 §5.6.2: a token.
    private static bool IsName(string name) => name.Length > 0
        && name.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));
}
