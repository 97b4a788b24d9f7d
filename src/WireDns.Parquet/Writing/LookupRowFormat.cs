using System.Buffers;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Writing;

/// <summary>Turns a lookup into the octets that <see cref="ParquetTransport"/> takes. They are for nobody else.</summary>
/// <param name="hasIds">Whether rows have the lookups' ids: they cannot be compressed, and what they are made of is in other columns.</param>
public sealed class LookupRowFormat(bool hasIds) : IMessageFormat
{
    /// <summary>A bit of the number before a row: the messages of its source are in the order of their times.</summary>
    internal const long IsOrderedByTime = 1;

    /// <summary>A bit of the number before a row: a message is cut.</summary>
    internal const long IsCut = 2;

    private readonly LogColumn[] _columns = [.. LookupColumns.All];

    /// <summary>Whether rows have the lookups' ids.</summary>
    public bool HasIds => hasIds;

    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is DnsLookup;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ArgumentNullException.ThrowIfNull(output);
        var lookup = (DnsLookup)notification;

        // What is not in the columns, and a file says once.
        var row = new RowWriter(output);
        row.WriteNumber(
            (lookup.Remainder?.IsOrderedByTime == true ? IsOrderedByTime : 0) | (lookup.Query?.IsTruncated == true || lookup.Response?.IsTruncated == true ? IsCut : 0));
        foreach (var column in _columns)
        {
            if (hasIds || column != LookupColumns.Id)
            {
                column.Write(lookup, ref row);
            }
            else
            {
                row.WriteOctets([]);
            }
        }

        row.Flush();

        return true;
    }
}
