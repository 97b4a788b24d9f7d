using System.Runtime.CompilerServices;

// The layers below PacketDecoder are no part of the public face; their tests stand beside them all the same.
[assembly: InternalsVisibleTo("WireDns.Wire.Tests")]
