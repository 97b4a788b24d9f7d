namespace WireDns.Wire.Dns;

/// <summary>A LOC record as text (RFC 1876 §3): latitude, longitude, altitude, size, horizontal and vertical precision.</summary>
internal static class DnsLocationText
{
    private const uint Equator = 1U << 31;
    private const uint MillisecondsPerDegree = 3_600_000;
    private const uint AltitudeOffsetInCentimetres = 10_000_000;

    public static void Write(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var version = data.ReadByte();
        var size = data.ReadByte();
        var horizontal = data.ReadByte();
        var vertical = data.ReadByte();
        var latitude = data.ReadUInt32();
        var longitude = data.ReadUInt32();
        var altitude = data.ReadUInt32();
        if (version != 0 || !IsPrecision(size) || !IsPrecision(horizontal) || !IsPrecision(vertical)
            || Distance(latitude, Equator) > 90 * MillisecondsPerDegree || Distance(longitude, Equator) > 180 * MillisecondsPerDegree)
        {
            data.Fail();
            return;
        }

        WriteAngle(Distance(latitude, Equator), ref text);
        text.Write(latitude >= Equator ? " N "u8 : " S "u8);
        WriteAngle(Distance(longitude, Equator), ref text);
        text.Write(longitude >= Equator ? " E "u8 : " W "u8);
        if (altitude < AltitudeOffsetInCentimetres)
        {
            text.Write((byte)'-');
        }

        WriteMetres(Distance(altitude, AltitudeOffsetInCentimetres), ref text);
        WritePrecision(size, ref text);
        WritePrecision(horizontal, ref text);
        WritePrecision(vertical, ref text);
    }

    private static uint Distance(uint left, uint right) => left >= right ? left - right : right - left;

    // A digit and a power of ten, in centimetres.
    private static bool IsPrecision(byte value) => value >> 4 <= 9 && (value & 0xf) <= 9;

    private static void WriteAngle(uint milliseconds, ref DnsTextWriter text)
    {
        text.WriteDecimal(milliseconds / MillisecondsPerDegree);
        text.Write((byte)' ');
        text.WriteDecimal(milliseconds / 60_000 % 60);
        text.Write((byte)' ');
        text.WriteDecimal(milliseconds / 1000 % 60);
        text.Write((byte)'.');
        text.WriteDecimal(milliseconds % 1000, "D3");
    }

    private static void WriteMetres(ulong centimetres, ref DnsTextWriter text)
    {
        text.WriteDecimal(centimetres / 100);
        text.Write((byte)'.');
        text.WriteDecimal(centimetres % 100, "D2");
        text.Write((byte)'m');
    }

    private static void WritePrecision(byte value, ref DnsTextWriter text)
    {
        ulong centimetres = (uint)value >> 4;
        for (var power = value & 0xf; power > 0; power--)
        {
            centimetres *= 10;
        }

        text.Write((byte)' ');
        if (value != 0 && centimetres % 100 == 0)
        {
            text.WriteDecimal(centimetres / 100);
            text.Write((byte)'m');
        }
        else
        {
            WriteMetres(centimetres, ref text);
        }
    }
}
