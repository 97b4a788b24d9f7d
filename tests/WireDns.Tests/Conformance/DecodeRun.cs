using System.Text.Json;
using WireDns.Alerts.Transports;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Tests.Conformance;

/// <summary>What <c>wiredns decode --ledger --anomalies FILE</c> prints, produced in this process: the same reader, pipeline and writer.</summary>
internal sealed class DecodeRun
{
    private DecodeRun(List<JsonElement> lines, List<byte[]> messages, string? error)
    {
        Messages = [.. lines[..^1].Where(line => !line.TryGetProperty("anomaly", out _))];
        Anomalies = [.. lines[..^1].Where(line => line.TryGetProperty("anomaly", out _))];
        Ledger = lines[^1].GetProperty("ledger");
        Wire = messages;
        Error = error;
    }

    /// <summary>A line for each message.</summary>
    public IReadOnlyList<JsonElement> Messages { get; }

    /// <summary>A line for each anomaly.</summary>
    public IReadOnlyList<JsonElement> Anomalies { get; }

    /// <summary>The bytes of each of <see cref="Messages"/>.</summary>
    public IReadOnlyList<byte[]> Wire { get; }

    /// <summary>The counters.</summary>
    public JsonElement Ledger { get; }

    /// <summary>Why the file could not be read to its end; the program's exit status is 1 then.</summary>
    public string? Error { get; }

    /// <summary>A counter of the ledger.</summary>
    public long this[string counter] => Ledger.GetProperty(counter).GetInt64();

    public static DecodeRun Of(string path)
    {
        var output = new MemoryStream();
        var messages = new List<byte[]>();
        string? error = null;
        using (var json = new MessageJson(new StreamTransport(output), int.MaxValue, withAnomalies: true))
        {
            var worker = new Worker(new Keeper(json, messages));
            try
            {
                using var reader = CaptureFileReader.Open(path);
                error = Read(reader, worker);
            }
            catch (CaptureFormatException exception)
            {
                error = exception.Message;
            }

            json.Write(worker.Snapshot());
        }

        var lines = new List<JsonElement>();
        var text = output.ToArray().AsMemory();
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf((byte)'\n');
            lines.Add(JsonDocument.Parse(text[..end]).RootElement);
            text = text[(end + 1)..];
        }

        var run = new DecodeRun(lines, messages, error);
        Assert.Equal(messages.Count, run.Messages.Count);
        return run;
    }

    private static string? Read(CaptureFileReader reader, Worker worker)
    {
        var source = new FileSource(reader.Name);
        try
        {
            while (reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    worker.Process(packet, source.Of(batch.Interfaces));
                }
            }

            return null;
        }
        catch (CaptureFormatException exception)
        {
            return exception.Message;
        }
        finally
        {
            worker.FinishSource(source.Of(reader.Interfaces));
        }
    }

    private sealed class Keeper(MessageJson json, List<byte[]> messages) : IMessageConsumer
    {
        public void Consume(in ObservedMessage message, PacketSource source)
        {
            json.Consume(message, source);
            if (message.Verdict.IsDelivered)
            {
                messages.Add(message.Payload.Data.ToArray());
            }
        }

        public void Note(in Anomaly anomaly, PacketSource source) => json.Note(anomaly, source);

        public void FinishSource() => json.FinishSource();
    }
}
