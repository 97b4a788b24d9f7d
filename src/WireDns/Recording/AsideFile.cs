using System.Globalization;
using System.Text.Json;
using WireDns.Alerts.Transports;
using WireDns.Terminal;

namespace WireDns.Recording;

/// <summary>
/// Keeps the records that could not be read, with their places and reasons, as JSON lines: appended to, up to a size, and never more than a part of a long record.
/// </summary>
/// <param name="path">The file; null keeps nothing.</param>
internal sealed class AsideFile(string? path)
{
    private const long MaximumSize = 16L << 20;
    private const int MostOctets = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private bool _hasFailed;

    /// <summary>Keeps a record.</summary>
    /// <returns>False if it is not kept.</returns>
    public bool Keep(string topic, KafkaRecord record, string reason)
    {
        if (path is null || _hasFailed)
        {
            return false;
        }

        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using var file = new FileStream(path, options);
            if (file.Position >= MaximumSize)
            {
                return false;
            }

            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteString("topic"u8, topic);
                json.WriteNumber("partition"u8, record.Partition);
                json.WriteNumber("offset"u8, record.Offset);
                json.WriteString("reason"u8, reason);
                json.WriteNumber("octets"u8, record.Value.Length);
                json.WriteBase64String("value"u8, record.Value.Span[..Math.Min(record.Value.Length, MostOctets)]);
                json.WriteEndObject();
            }

            file.WriteByte((byte)'\n');
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _hasFailed = true;
            StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {CommandFailure.OfFile(path, exception).Message}: bad records are counted, and not kept"));
            return false;
        }
    }
}
