global using WireDns.Capture.Compression;
global using WireDns.Capture.Files;
global using WireDns.Capture.Live;
global using WireDns.Capture.Tests.Compression;
global using WireDns.Capture.Tests.Files;
global using WireDns.Capture.Tests.Live;
