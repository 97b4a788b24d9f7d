using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.EvidenceFiles;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Evidence;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Recording;

/// <summary>The packets of alerts: where they are kept in memory, and the folder that they are written to. Thread-safe.</summary>
internal sealed class EvidenceOutput : IDisposable
{
    private const string Flag = "--evidence";
    private const long SmallestRing = 1 << 20;
    private const long LargestRing = 1 << 30;

    private readonly int _ringSize;
    private readonly ClientPrivacy? _privacy;
    private readonly List<EvidenceKeeper> _keepers = [];
    private EvidenceKeeper? _keeperForAll;

    private EvidenceOutput(string folder, AlertSink sink, int ringSize, ClientPrivacy? privacy)
    {
        _privacy = privacy;
        Folder = folder;
        Delivery = new AlertDelivery([sink], OutputSettings.Say);
        _ringSize = ringSize;
    }

    /// <summary>The folder, as the user named it.</summary>
    public string Folder { get; }

    /// <summary>How it gets there.</summary>
    public AlertDelivery Delivery { get; }

    /// <summary>Alerts whose packets were collected.</summary>
    public long Alerts => _keepers.Sum(keeper => keeper.Alerts);

    /// <summary>Of those, alerts of whose packets some were missing.</summary>
    public long Incomplete => _keepers.Sum(keeper => keeper.Incomplete);

    /// <summary>Packets that were left out, because an address of a client is where it cannot be hidden.</summary>
    public long LeftOut => _keepers.Sum(keeper => keeper.LeftOut);

    /// <summary>Opens the folder; null if no evidence is wanted.</summary>
    /// <param name="settings">The folder and its bounds.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <param name="privacy">What hides the addresses of clients; null if nothing does.</param>
    /// <exception cref="CommandFailure">It cannot be opened, or a setting is wrong.</exception>
    public static EvidenceOutput? Open(OutputSettings settings, QueueMode mode, ClientPrivacy? privacy)
    {
        if (settings.Evidence is null)
        {
            return null;
        }

        var target = OutputTarget.Parse(settings.Evidence, Flag);
        var ring = target.Size("ring") ?? EvidenceKeeper.DefaultRingSize;
        var usual = new EvidenceFolderOptions();
        var options = usual with { MaximumFileSize = target.Size("file") ?? usual.MaximumFileSize, MaximumSize = target.Size("size") ?? usual.MaximumSize };
        target.RequireAllTaken();
        if (ring is < SmallestRing or > LargestRing)
        {
            throw target.Mistake("ring: 1M to 1G was expected");
        }

        if (options.MaximumFileSize < SmallestRing || options.MaximumSize < options.MaximumFileSize)
        {
            throw target.Mistake("file: at least 1M was expected, and size: at least as much as file");
        }

        try
        {
            var sink = new AlertSink(target.Address, new EvidenceFormat(), EvidenceFolder.Open(target.Address, options))
            {
                Items = "alerts' packets",
                Mode = mode,
                QueueCapacity = settings.Queue,
                Patience = mode == QueueMode.Drop ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(1),
            };
            return new EvidenceOutput(target.Address, sink, (int)ring, privacy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{Flag}: {(exception is IOException ? exception.Message : $"{target.Address}: permission denied")}");
        }
    }

    /// <summary>A keeper for one worker.</summary>
    public EvidenceKeeper Keep()
    {
        var keeper = new EvidenceKeeper(Delivery.Enqueue, _ringSize, _privacy);
        _keepers.Add(keeper);
        return keeper;
    }

    /// <summary>The keeper of the only worker, which is told of alerts by <see cref="NotePassed"/>.</summary>
    public EvidenceKeeper KeepForAll() => _keeperForAll = Keep();

    /// <summary>An alert has passed suppression.</summary>
    public void NotePassed(Alert alert) => _keeperForAll?.Note(alert);

    /// <inheritdoc/>
    public void Dispose() => Delivery.Dispose();
}
