using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using WireDns.Alerts.Transports;
using WireDns.Detection;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Output;

/// <summary>
/// Writes every DNS message as one JSON object per line: the product's passive DNS log (docs/decode.md describes it). Not thread-safe.
/// </summary>
internal sealed class MessageJson : IMessageConsumer, IDisposable
{
    // Flushed when this much is waiting, and at the end of each source.
    private const int FlushThreshold = 64 * 1024;

    private readonly StreamTransport _output;
    private readonly CancellationTokenSource _ended = new();
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private int _waiting;
    private readonly ArrayBufferWriter<byte> _data = new(4096);
    private readonly byte[] _text = new byte[DnsName.MaximumTextLength];
    private readonly Utf8JsonWriter _json;

    private readonly int _limit;
    private readonly bool _withAnomalies;
    private long _questionsLeftOut;
    private long _recordsLeftOut;

    /// <param name="output">Takes the lines.</param>
    /// <param name="limitInBytes">The length in bytes after which a message's line gets no further question or record.</param>
    /// <param name="withAnomalies">Whether anomalies get lines too.</param>
    public MessageJson(StreamTransport output, int limitInBytes, bool withAnomalies = false)
    {
        _output = output;
        _withAnomalies = withAnomalies;
        _limit = limitInBytes;
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions
        {
            // Names and data are printable ASCII already; a reader of lines wants \" and not \u0022.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });
    }

    /// <summary>Messages with questions or records left out.</summary>
    public long MessagesCut { get; private set; }

    /// <summary>Why lines could not be written; none while all could.</summary>
    public SendFailure Failure { get; private set; }

    /// <summary>Cancelled with the first line that could not be written: there is nobody left to decode for.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (message.Verdict.IsDelivered)
        {
            WriteMessage(message.Payload, message.Verdict, source);
            EndLine();
        }
    }

    /// <inheritdoc/>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
        if (_withAnomalies)
        {
            AnomalyJson.Write(_json, anomaly, source);
            EndLine();
        }
    }

    /// <inheritdoc/>
    public void Pause() => Flush();

    /// <inheritdoc/>
    public void FinishSource() => Flush();

    /// <summary>Writes the ledger's line.</summary>
    public void Write(RunCounters counters)
    {
        LedgerJson.Write(_json, counters);
        EndLine();
        Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        _output.Dispose();
        _ended.Dispose();
    }

    private void WriteMessage(in TransportPayload payload, DnsMessageVerdict verdict, PacketSource source)
    {
        var reader = ObservedMessage.ReaderOf(payload);
        (_questionsLeftOut, _recordsLeftOut) = (0, 0);
        _json.WriteStartObject();
        OriginJson.Write(_json, payload.Origin, KnownEnds.Ports, source);
        WriteHeader(reader.Header);
        WriteQuestions(ref reader);
        if (verdict.IsMalformed)
        {
            WriteBrokenNames(reader.BrokenNames);
        }

        WriteRecords(ref reader);
        if (verdict.IsMalformed)
        {
            _json.WriteString("malformed"u8, verdict.Error.ToReason());
        }

        if (payload.IsTruncated)
        {
            _json.WriteBoolean("truncated"u8, true);
        }

        if (payload.HasOverlap)
        {
            _json.WriteBoolean("overlap"u8, true);
        }

        WriteLeftOut();
        _json.WriteEndObject();
    }

    // 64 KiB can hold ten thousand questions that each name 255 octets: a hostile message must not fill a disk.
    private bool IsFull => _json.BytesCommitted + _json.BytesPending >= _limit;

    private void WriteLeftOut()
    {
        if (_questionsLeftOut + _recordsLeftOut > 0)
        {
            MessagesCut++;
            _json.WriteNumber("questions_left_out"u8, _questionsLeftOut);
            _json.WriteNumber("records_left_out"u8, _recordsLeftOut);
        }
    }

    private void WriteHeader(DnsHeader header)
    {
        _json.WriteNumber("id"u8, header.Id);
        _json.WriteNumber("qr"u8, header.IsResponse ? 1 : 0);
        WriteMnemonic("opcode"u8, DnsMnemonics.Write(header.Opcode, _text));
        WriteMnemonic("rcode"u8, DnsMnemonics.Write(header.ResponseCode, _text));
        "0x"u8.CopyTo(_text);
        header.Flags.TryFormat(_text.AsSpan(2), out var digits, "x4", System.Globalization.CultureInfo.InvariantCulture);
        _json.WriteString("flags"u8, _text.AsSpan(0, 2 + digits));
    }

    private void WriteQuestions(ref DnsMessageReader reader)
    {
        _json.WriteStartArray("questions"u8);
        while (reader.TryReadQuestion(out var question))
        {
            if (IsFull)
            {
                _questionsLeftOut++;
                continue;
            }

            _json.WriteStartObject();
            WriteMnemonic("name"u8, question.Name.WriteText(_text));
            WriteMnemonic("type"u8, DnsMnemonics.Write(question.Type, _text));
            WriteMnemonic("class"u8, DnsMnemonics.Write(question.Class, _text));
            if (question.WantsUnicast)
            {
                _json.WriteBoolean("unicast_response"u8, true);
            }

            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    // As far as they go: the first one, and the others in an array.
    private void WriteBrokenNames(DnsBrokenNames names)
    {
        if (!names.MoveNext())
        {
            return;
        }

        WriteMnemonic("broken_name"u8, names.Current.WriteText(_text));
        if (!names.MoveNext())
        {
            return;
        }

        _json.WriteStartArray("further_broken_names"u8);
        do
        {
            _json.WriteStringValue(_text.AsSpan(0, names.Current.WriteText(_text)));
        }
        while (names.MoveNext());
        _json.WriteEndArray();
    }

    private void WriteRecords(ref DnsMessageReader reader)
    {
        var header = reader.Header;
        var section = DnsSection.Answer;
        DnsRecord options = default;
        var hasOptions = false;
        _json.WriteStartArray("answers"u8);
        while (reader.TryReadRecord(out var record))
        {
            while (section < record.Section)
            {
                NextSection(ref section);
            }

            if (record.Type == DnsRecordType.OPT && !hasOptions)
            {
                options = record;
                hasOptions = true;
            }

            if (IsFull)
            {
                _recordsLeftOut++;
            }
            else
            {
                WriteRecord(record);
            }
        }

        while (section < DnsSection.Additional)
        {
            NextSection(ref section);
        }

        _json.WriteEndArray();
        if (hasOptions && DnsEdns.TryRead(options, out var edns))
        {
            WriteEdns(edns, header);
        }
    }

    private void NextSection(ref DnsSection section)
    {
        section++;
        _json.WriteEndArray();
        _json.WriteStartArray(section == DnsSection.Authority ? "authorities"u8 : "additionals"u8);
    }

    private void WriteRecord(in DnsRecord record)
    {
        _json.WriteStartObject();
        WriteMnemonic("name"u8, record.Name.WriteText(_text));
        WriteMnemonic("type"u8, DnsMnemonics.Write(record.Type, _text));
        if (record.Type == DnsRecordType.OPT)
        {
            // An OPT record has no class and no TTL: "edns" shows what is there instead.
            _json.WriteNumber("udp_size"u8, (ushort)record.Class);
        }
        else
        {
            WriteMnemonic("class"u8, DnsMnemonics.Write(record.Class, _text));
            if (record.FlushesCache)
            {
                _json.WriteBoolean("cache_flush"u8, true);
            }

            _json.WriteNumber("ttl"u8, record.TimeToLive);
        }

        _data.ResetWrittenCount();
        DnsRecordData.WriteText(record, _data);
        _json.WriteString("data"u8, _data.WrittenSpan);
        _json.WriteEndObject();
    }

    private void WriteEdns(DnsEdns edns, DnsHeader header)
    {
        _json.WriteStartObject("edns"u8);
        _json.WriteNumber("udp_size"u8, edns.UdpPayloadSize);
        _json.WriteNumber("version"u8, edns.Version);
        _json.WriteBoolean("do"u8, edns.IsDnssecOk);
        WriteMnemonic("rcode"u8, DnsMnemonics.Write(edns.GetResponseCode(header), _text));
        _json.WriteStartArray("options"u8);
        foreach (var option in edns.Options)
        {
            _json.WriteStartObject();
            _json.WriteNumber("code"u8, (ushort)option.Code);
            WriteMnemonic("name"u8, option.WriteName(_text));
            _data.ResetWrittenCount();
            for (var length = 512; ; length *= 2)
            {
                if (option.TryWriteText(_data.GetSpan(length), out var written))
                {
                    _data.Advance(written);
                    break;
                }
            }

            _json.WriteString("value"u8, _data.WrittenSpan);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        if (edns.AreOptionsMalformed)
        {
            _json.WriteBoolean("options_malformed"u8, true);
        }

        _json.WriteEndObject();
    }

    private void WriteMnemonic(ReadOnlySpan<byte> property, int length) => _json.WriteString(property, _text.AsSpan(0, length));

    private void EndLine()
    {
        _json.Flush();
        _json.Reset();
        NoteFailure(_output.Write(_line.WrittenSpan));
        _waiting += _line.WrittenCount;
        _line.ResetWrittenCount();
        if (_waiting >= FlushThreshold)
        {
            Flush();
        }
    }

    private void Flush()
    {
        NoteFailure(_output.Flush());
        _waiting = 0;
    }

    private void NoteFailure(SendFailure failure)
    {
        if (failure != SendFailure.None && Failure == SendFailure.None)
        {
            Failure = failure;
            _ended.Cancel();
        }
    }
}
