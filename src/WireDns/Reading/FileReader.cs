using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Wire.Net;

namespace WireDns.Reading;

/// <summary>All that one of several readers of files has for itself: a pipeline, its rules' state, and the run over its files.</summary>
internal sealed class FileReader : IDisposable
{
    private readonly SecondStage? _secondStage;

    /// <param name="rules">The rules, which all readers share.</param>
    /// <param name="decoding">What is decoded, within which bounds.</param>
    /// <param name="detection">Bounds of detection, and what is known of the network.</param>
    /// <param name="order">Takes the alerts and the failures.</param>
    /// <param name="hasSecondStage">Whether two threads share the work on a file.</param>
    public FileReader(LoadedRules rules, PacketDecoderOptions decoding, DetectorOptions detection, FileOrder order, bool hasSecondStage)
    {
        Detector = new Detector(rules, alert => order.Raise(File, alert), detection);
        Pipeline = new Pipeline(decoding, Detector);
        _secondStage = hasSecondStage ? new SecondStage(Pipeline) : null;
        Run = new FileRun(Pipeline, source => Detector.Source = source, _secondStage, failure => order.Report(File, failure));
    }

    /// <summary>Number of the file that is read now.</summary>
    public int File { get; set; }

    /// <summary>Matches the messages.</summary>
    public Detector Detector { get; }

    /// <summary>Takes the packets.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>Reads the files.</summary>
    public FileRun Run { get; }

    /// <summary>Adds what another reader has counted.</summary>
    public void Absorb(FileReader other)
    {
        Pipeline.Absorb(other.Pipeline);
        Detector.Absorb(other.Detector);
    }

    /// <inheritdoc/>
    public void Dispose() => _secondStage?.Dispose();
}
