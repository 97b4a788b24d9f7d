using System.Text;

namespace WireDns.Detection.Lists;

/// <summary>
/// A response policy zone (draft-vixie-dnsop-dns-rpz) as a master file: the names that it acts on are the values, without the zone's own
/// name; <c>*.name</c> stands for the names below. Records that let a name pass, or that act on addresses or name servers, are left out.
/// </summary>
internal sealed class RpzList(IListValues reading)
{
    private string? _origin;
    private string? _zone;
    private string? _owner;
    private string? _added;
    private int _depth;
    private int _passed;
    private int _otherTriggers;

    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>Reads the names.</summary>
    public void Read(LineReader lines)
    {
        while (!reading.IsHopeless && lines.TryRead(out var line))
        {
            var isContinued = _depth > 0;
            var record = RemoveComment(line);
            if (isContinued || record.Trim(Blanks).IsEmpty)
            {
                continue;
            }

            if (record[0] == '$')
            {
                ReadDirective(lines.Number, record);
            }
            else
            {
                ReadRecord(lines.Number, record);
            }
        }

        if (_depth > 0)
        {
            reading.Fault(lines.Number, "a parenthesis is not closed");
        }

        reading.Note(_passed, "names that the zone lets pass (rpz-passthru) are left out: a list cannot take them away from others");
        reading.Note(_otherTriggers, "entries that are about addresses or name servers (rpz-ip, rpz-nsdname …) are left out");
    }

    private void ReadDirective(int line, ReadOnlySpan<byte> record)
    {
        var words = new BlankSeparated(record);
        words.TryRead(out var directive);
        words.TryRead(out var value);
        if (Ascii.EqualsIgnoreCase(directive, "$ORIGIN"u8) && !value.IsEmpty)
        {
            _origin = MakeAbsolute(value);
            _zone ??= _origin;
        }
        else if (!Ascii.EqualsIgnoreCase(directive, "$TTL"u8))
        {
            // $INCLUDE and $GENERATE would make names that are not in this file.
            reading.Fault(line, $"expected $ORIGIN with a name, $TTL or a record, found '{ListReading.Show(record)}'");
        }
    }

    private void ReadRecord(int line, ReadOnlySpan<byte> record)
    {
        var words = new BlankSeparated(record);
        if (!Blanks.Contains(record[0]))
        {
            words.TryRead(out var owner);
            _owner = MakeAbsolute(owner);
        }

        if (_owner is null || !TryReadType(ref words, out var type))
        {
            reading.Fault(line, $"expected a name and a record of the zone, found '{ListReading.Show(record)}'");
            return;
        }

        words.TryRead(out var data);
        if (Ascii.EqualsIgnoreCase(type, "SOA"u8))
        {
            _zone = _owner;
        }
        else if (!IsAboutTheZone(type))
        {
            AddOwner(line, isPassed: Ascii.EqualsIgnoreCase(type, "CNAME"u8) && IsPassThrough(data));
        }
    }

    private void AddOwner(int line, bool isPassed)
    {
        var owner = _owner!;
        if (!string.IsNullOrEmpty(_zone))
        {
            if (owner.Equals(_zone, StringComparison.OrdinalIgnoreCase))
            {
                return;
            }

            if (!owner.EndsWith("." + _zone, StringComparison.OrdinalIgnoreCase))
            {
                reading.Fault(line, $"expected a name in the zone {_zone}, found {owner}");
                return;
            }

            owner = owner[..^(_zone.Length + 1)];
        }

        var lastLabel = owner.AsSpan(owner.LastIndexOf('.') + 1);
        if (lastLabel.StartsWith("rpz-", StringComparison.OrdinalIgnoreCase))
        {
            _otherTriggers++;
        }
        else if (isPassed)
        {
            _passed++;
        }
        else if (owner.Length > 0 && owner != _added)
        {
            // A name that is answered with several records is one value.
            _added = owner;
            reading.Add(line, 1, Encoding.UTF8.GetBytes(owner));
        }
    }

    // Without a dot at its end; empty for the zone itself where the file does not say its name.
    private string MakeAbsolute(ReadOnlySpan<byte> name)
    {
        if (name is [(byte)'@'])
        {
            return _origin ?? "";
        }

        var text = Encoding.UTF8.GetString(name);
        return text.EndsWith('.') ? text[..^1] : string.IsNullOrEmpty(_origin) ? text : $"{text}.{_origin}";
    }

    // A TTL and a class may come before the type, in either order (RFC 1035 §5.1).
    private static bool TryReadType(ref BlankSeparated words, out ReadOnlySpan<byte> type)
    {
        while (words.TryRead(out type))
        {
            if (!char.IsAsciiDigit((char)type[0]) && !Ascii.EqualsIgnoreCase(type, "IN"u8))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsPassThrough(ReadOnlySpan<byte> target) =>
        Ascii.EqualsIgnoreCase(target, "rpz-passthru."u8) || MakeAbsolute(target).Equals(_owner, StringComparison.OrdinalIgnoreCase);

    private static bool IsAboutTheZone(ReadOnlySpan<byte> type) =>
        Ascii.EqualsIgnoreCase(type, "NS"u8) || Ascii.EqualsIgnoreCase(type, "RRSIG"u8) || Ascii.EqualsIgnoreCase(type, "DNSKEY"u8)
        || Ascii.EqualsIgnoreCase(type, "NSEC"u8) || Ascii.EqualsIgnoreCase(type, "NSEC3"u8)
        || Ascii.EqualsIgnoreCase(type, "NSEC3PARAM"u8) || Ascii.EqualsIgnoreCase(type, "ZONEMD"u8);

    // Counts the parentheses on the way, within which line ends mean nothing.
    private ReadOnlySpan<byte> RemoveComment(ReadOnlySpan<byte> line)
    {
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case (byte)'\\':
                    i++;
                    break;
                case (byte)'"':
                    isQuoted = !isQuoted;
                    break;
                case (byte)'(' when !isQuoted:
                    _depth++;
                    break;
                case (byte)')' when !isQuoted && _depth > 0:
                    _depth--;
                    break;
                case (byte)';' when !isQuoted:
                    return line[..i];
            }
        }

        return line;
    }
}
