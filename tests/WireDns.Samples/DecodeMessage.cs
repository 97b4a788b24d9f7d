using WireDns.Wire.Dns;

namespace WireDns.Samples;

/// <summary>WireDns.Wire: one DNS message, read from front to back.</summary>
public static class DecodeMessage
{
    /// <summary>Writes the questions and records of a message, and its fault if it has one.</summary>
    public static void Run(ReadOnlySpan<byte> message, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var reader = new DnsMessageReader(message);
        output.WriteLine(reader.Header.IsResponse ? "response" : "query");
        while (reader.TryReadQuestion(out var question))
        {
            output.WriteLine($"question {question.Name.ToString()} {DnsMnemonics.Text(question.Type)}");
        }

        while (reader.TryReadRecord(out var record))
        {
            output.WriteLine($"record {record.Name.ToString()} {DnsMnemonics.Text(record.Type)} {record.TimeToLive} {record.Data.Length} octets");
        }

        // Hostile bytes end the loops; what was read before the fault is kept.
        output.WriteLine(reader.Error == DnsError.None ? "sound" : $"{reader.Error} at {reader.ErrorOffset}");
    }
}
