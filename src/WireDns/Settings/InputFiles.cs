using WireDns.Reading;

namespace WireDns.Settings;

/// <summary>The capture files that a command line stands for.</summary>
/// <param name="Paths">The files, folders replaced by what they hold; <see cref="FileRun.StandardInput"/> for standard input.</param>
/// <param name="Failed">Paths that stand for no file. Each was said on stderr; the rest is read, and the exit status says it.</param>
internal sealed record InputFiles(IReadOnlyList<string> Paths, int Failed);
