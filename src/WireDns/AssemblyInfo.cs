using System.Runtime.CompilerServices;

// Tests reach the parts that no caller needs.
[assembly: InternalsVisibleTo("WireDns.Tests")]
