using WireDns.Wire.Dns;

namespace WireDns.Fuzz.Targets;

/// <summary>Reads the input as a DNS message.</summary>
internal sealed class DnsMessageTarget : FuzzTarget
{
    private readonly MessageInspector _inspector = new();

    public override string Name => "dns";

    public override int MaximumLength => 2048;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features) => _inspector.Inspect(input, features);

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds)
    {
        foreach (var message in capture.Messages)
        {
            if (message.Length >= DnsHeader.LengthInBytes)
            {
                seeds.Add(message);
            }
        }
    }
}
