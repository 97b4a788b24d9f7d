using WireDns.Capture.Files;

namespace WireDns.Reading;

/// <summary>
/// Finds the time of the last packet of captures by reading them once without decoding, for a user who counts from the end. Takes about as long as
/// reading the files from the disk.
/// </summary>
internal static class CaptureEnd
{
    /// <summary>The time of the last packet that has one, in nanoseconds since the Unix epoch, of all files together; null if there is none.</summary>
    /// <param name="paths">The files. One that is damaged ends before the damage; one that cannot be read is left out, as its reader will say.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static long? Of(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        long? end = null;
        var batch = new PacketBatch();
        foreach (var path in paths)
        {
            try
            {
                using var reader = FileRun.Open(path);
                long? last = null;
                while (!cancellation.IsCancellationRequested && reader.TryReadBatch(batch))
                {
                    foreach (var packet in batch)
                    {
                        last = packet.Time.HasValue ? packet.Time.Nanoseconds : last;
                    }

                    end = last > end || end is null ? last : end;
                }
            }
            catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
            {
                // Whoever reads the file after this meets the same failure, and reports it.
            }
        }

        return end;
    }
}
