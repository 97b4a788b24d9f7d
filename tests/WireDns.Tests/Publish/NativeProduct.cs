using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>The native binary that <c>./run.sh publish</c> makes, which <c>./run.sh test</c> builds before the tests.</summary>
internal static class NativeProduct
{
    /// <summary>The folder that a release is made from: the binary, rules and licence.</summary>
    public static string Folder { get; } = Path.Combine(TestPaths.Root, "artifacts", "publish");

    /// <summary>The binary. Skips the running test if it is not there, or older than its sources.</summary>
    public static string Executable
    {
        get
        {
            var path = Path.Combine(Folder, OperatingSystem.IsWindows() ? "wiredns.exe" : "wiredns");
            Assert.SkipUnless(File.Exists(path), "needs the native binary, which ./run.sh publish makes");
            var made = File.GetLastWriteTimeUtc(path);
            Assert.SkipWhen(
                Sources().Any(source => File.GetLastWriteTimeUtc(source) > made),
                "needs a native binary that is no older than its sources: ./run.sh publish");
            return path;
        }
    }

    /// <summary>Runs it to its end in the checkout's top folder, with nothing on its standard input.</summary>
    public static ProgramResult Run(params IEnumerable<string> arguments)
    {
        using var program = RunningProgram.Start(Executable, arguments);
        var status = program.WaitForEnd();
        return new ProgramResult(status, program.Output, program.Error);
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Append(Path.Combine(TestPaths.Root, "Directory.Packages.props"));
}
