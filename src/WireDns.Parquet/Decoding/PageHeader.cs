using Parquet.Meta;
using WireDns.Parquet.Format;

namespace WireDns.Parquet.Decoding;

/// <summary>
/// The header of a page, a struct in Thrift's compact protocol (apache/parquet-format, parquet.thrift). Unknown members are passed over.
/// </summary>
internal struct PageHeader
{
    private const int MaximumDepth = 8;

    public PageType Kind { get; private set; }

    /// <summary>In octets, without this header.</summary>
    public int CompressedLength { get; private set; }

    /// <summary>In octets.</summary>
    public int Length { get; private set; }

    /// <summary>Values with those that are null; in a dictionary its entries.</summary>
    public int Values { get; private set; }

    public int Encoding { get; private set; }

    /// <summary>How definition levels are written in a page of the first kind.</summary>
    public int DefinitionEncoding { get; private set; }

    /// <summary>How repetition levels are written in a page of the first kind.</summary>
    public int RepetitionEncoding { get; private set; }

    /// <summary>Octets of definition levels in a page of the second kind.</summary>
    public int DefinitionLength { get; private set; }

    /// <summary>Octets of repetition levels in a page of the second kind.</summary>
    public int RepetitionLength { get; private set; }

    /// <summary>Whether values of a page of the second kind are compressed.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>Reads a header and moves after it.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static PageHeader Read(ref OctetReader reader)
    {
        var header = new PageHeader { IsCompressed = true };
        var id = 0;
        while (TryReadMember(ref reader, ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    header.Kind = (PageType)reader.ReadZigzag();
                    break;
                case 2:
                    header.Length = (int)reader.ReadZigzag();
                    break;
                case 3:
                    header.CompressedLength = (int)reader.ReadZigzag();
                    break;
                case 5 or 7 or 8 when type == ThriftType.Structure:
                    header.ReadPart(ref reader, id);
                    break;
                default:
                    Skip(ref reader, type, 0);
                    break;
            }
        }

        return header.Length < 0 || header.CompressedLength < 0 || header.Values < 0 || header.DefinitionLength < 0 || header.RepetitionLength < 0 ? throw new InvalidDataException() : header;
    }

    // DataPageHeader, DictionaryPageHeader, DataPageHeaderV2.
    private void ReadPart(ref OctetReader reader, int part)
    {
        var id = 0;
        while (TryReadMember(ref reader, ref id, out var type))
        {
            switch (part, id)
            {
                case (_, 1):
                    Values = (int)reader.ReadZigzag();
                    break;
                case (5 or 7, 2) or (8, 4):
                    Encoding = (int)reader.ReadZigzag();
                    break;
                case (5, 3):
                    DefinitionEncoding = (int)reader.ReadZigzag();
                    break;
                case (5, 4):
                    RepetitionEncoding = (int)reader.ReadZigzag();
                    break;
                case (8, 5):
                    DefinitionLength = (int)reader.ReadZigzag();
                    break;
                case (8, 6):
                    RepetitionLength = (int)reader.ReadZigzag();
                    break;
                case (8, 7):
                    IsCompressed = type == ThriftType.True;
                    break;
                default:
                    Skip(ref reader, type, 1);
                    break;
            }
        }
    }

    private static bool TryReadMember(ref OctetReader reader, ref int id, out ThriftType type)
    {
        var octet = reader.ReadOctet();
        type = (ThriftType)(octet & 0xf);
        id = octet >> 4 is > 0 and var step ? id + step : octet == 0 ? id : (int)reader.ReadZigzag();
        return octet != 0;
    }

    private static void Skip(ref OctetReader reader, ThriftType type, int depth)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                reader.ReadOctet();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                reader.ReadVarint();
                break;
            case ThriftType.Double:
                reader.Read(sizeof(double));
                break;
            case ThriftType.Binary:
                reader.Read(checked((int)reader.ReadVarint()));
                break;
            case ThriftType.Structure when depth < MaximumDepth:
                var id = 0;
                while (TryReadMember(ref reader, ref id, out var inner))
                {
                    Skip(ref reader, inner, depth + 1);
                }

                break;
            default:
                throw new InvalidDataException();
        }
    }
}
