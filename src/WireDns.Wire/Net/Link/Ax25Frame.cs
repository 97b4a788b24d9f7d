namespace WireDns.Wire.Net.Link;

/// <summary>An AX.25 frame (version 2.2, §3): addresses of 7 bytes, a control byte and a protocol identifier, of which IP has one.</summary>
internal static class Ax25Frame
{
    private const int AddressLength = 7;

    // Destination, source, and at most eight repeaters.
    private const int MaximumAddresses = 10;
    private const byte UnnumberedInformation = 0x03;
    private const byte PollFinal = 0x10;
    private const byte InternetProtocol = 0xcc;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        var length = 0;
        for (var address = 0; address < MaximumAddresses; address++)
        {
            length += AddressLength;
            if (bytes.Length < length)
            {
                return false;
            }

            // The lowest bit of an address says that it is the last one.
            if ((bytes[length - 1] & 1) != 0)
            {
                break;
            }
        }

        if (bytes.Length < length + 2)
        {
            return false;
        }

        // Information frames have a control byte whose lowest bit is 0; of the others, only unnumbered information has a protocol.
        var control = bytes[length];
        var isInformation = (control & 1) == 0 || (control & ~PollFinal) == UnnumberedInformation;
        carried = new Carried(isInformation && bytes[length + 1] == InternetProtocol ? Layer.Ipv4 : Layer.Other, bytes[(length + 2)..]);
        return true;
    }
}
