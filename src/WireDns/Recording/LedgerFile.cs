using System.Buffers;
using System.Text.Json;
using WireDns.Detection.Counters;
using WireDns.Output;
using WireDns.Terminal;

namespace WireDns.Recording;

/// <summary>The ledger of a run as a JSON file, which is replaced as a whole each time that a summary is printed.</summary>
internal static class LedgerFile
{
    /// <summary>Writes the JSON object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="counters">The counters.</param>
    /// <param name="outputs">Where alerts and lookups went.</param>
    /// <param name="writeInterfaces">Writes what was captured from; null for files.</param>
    public static void Write(Utf8JsonWriter json, RunCounters counters, RunOutputs outputs, Action<Utf8JsonWriter>? writeInterfaces) => LedgerJson.Write(json, counters, outputs.Privacy, () =>
    {
        writeInterfaces?.Invoke(json);
        DeliveryJson.Write(json, outputs.Noise.Counters, outputs.Alerts.Counters, outputs.Others);
    });

    /// <summary>Writes it, if one is wanted; a failure is said on stderr.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="counters">The counters.</param>
    /// <param name="outputs">Where alerts and lookups went.</param>
    /// <param name="writeInterfaces">Writes what was captured from; null for files.</param>
    /// <returns>False if it could not be written.</returns>
    public static bool Write(string? path, RunCounters counters, RunOutputs outputs, Action<Utf8JsonWriter>? writeInterfaces = null) =>
        Write(path, json => Write(json, counters, outputs, writeInterfaces));

    /// <summary>Writes an object of other counters, as <see cref="Write(string?, RunCounters, RunOutputs, Action{Utf8JsonWriter}?)"/> does.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="write">Writes the object.</param>
    /// <returns>False if it could not be written.</returns>
    public static bool Write(string? path, Action<Utf8JsonWriter> write)
    {
        if (path is null)
        {
            return true;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }

        bytes.Write("\n"u8);
        var draft = path + ".new";
        try
        {
            File.WriteAllBytes(draft, bytes.WrittenSpan);
            File.Move(draft, path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            StandardError.Write($"wiredns: {CommandFailure.OfFile(path, exception).Message}");
            return false;
        }
    }
}
