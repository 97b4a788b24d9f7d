using System.Buffers;
using System.Text.Json;
using WireDns.Detection.Counters;
using WireDns.Output;
using WireDns.Terminal;

namespace WireDns.Recording;

/// <summary>The ledger of a run as a JSON file, which is replaced as a whole each time that a summary is printed.</summary>
internal static class LedgerFile
{
    /// <summary>Writes it, if one is wanted; a failure is said on stderr.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="counters">The counters.</param>
    /// <param name="outputs">Where alerts and lookups went.</param>
    /// <returns>False if it could not be written.</returns>
    public static bool Write(string? path, RunCounters counters, RunOutputs outputs)
    {
        if (path is null)
        {
            return true;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            LedgerJson.Write(json, counters, outputs.Privacy, () => DeliveryJson.Write(
                json, outputs.Noise.Counters, outputs.Alerts.Counters, [.. outputs.Log?.Delivery.Counters ?? [], .. outputs.Evidence?.Delivery.Counters ?? []]));
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
