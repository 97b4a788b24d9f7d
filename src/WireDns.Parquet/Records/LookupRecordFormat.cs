using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Records;

/// <summary>
/// A lookup as a JSON object on one line with every column of the DNS log, so that a row can be made of it elsewhere: docs/dnslog.md, "A lookup as a record".
/// </summary>
public sealed class LookupRecordFormat : IMessageFormat
{
    // It is no part of a page of HTML: a plus or an apostrophe need no escape. Texts are ASCII.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly string _run = RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>The sensor's name: letters, digits, dots, hyphens and underscores.</summary>
    public required string Sensor { get; init; }

    /// <summary>The program's version.</summary>
    public string ProductVersion { get; init; } = "";

    /// <summary>What tells the public suffix list that gives registered domains from others; null if nothing is said of it.</summary>
    public string? Suffixes { get; init; }

    /// <summary>Whether the addresses of clients are hidden.</summary>
    public bool HidesClients { get; init; }

    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is DnsLookup;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ArgumentNullException.ThrowIfNull(output);
        var lookup = (DnsLookup)notification;
        var values = new ArrayBufferWriter<byte>(1024);
        var row = new RowWriter(values);
        row.WriteNumber(LookupRecord.Version);
        row.WriteText(Sensor);
        row.WriteText(_run);
        row.WriteNumber(lookup.Remainder?.IsOrderedByTime == true ? 1 : 0);
        row.WriteNumber(HidesClients ? 1 : 0);
        row.WriteText(Suffixes, isNull: Suffixes is null);
        row.WriteText(ProductVersion);
        foreach (var column in LookupColumns.All)
        {
            column.Write(lookup, ref row);
        }

        row.Flush();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        var reader = new RowReader(values.WrittenSpan);
        foreach (var member in LookupRecord.Members)
        {
            member.Write(ref reader, json);
        }

        json.WriteEndObject();
        json.Flush();
        return true;
    }
}
