using WireDns.Tests.Running;

namespace WireDns.Tests.Scripts;

/// <summary>run.ps1 under PowerShell 7 on this system: when it builds, and what it passes on.</summary>
public sealed class PowerShellScriptTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    // The runtime's own folder is dotnet/shared/Microsoft.NETCore.App/VERSION.
    private static string Dotnet { get; } =
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    [Fact]
    public void Hands_its_arguments_and_the_exit_status_on()
    {
        var powerShell = FindPowerShell();
        _folder.InstallDotnet(_folder.DotnetScript);

        var run = _folder.RunPowerShell(Dotnet, powerShell, "read", "a b", "-x", "--y", "it's", "q\"r", "--", "z");

        Assert.Equal(["<read>", "<a b>", "<-x>", "<--y>", "<it's>", "<q\"r>", "<-->", "<z>"], run.Output.Lines);
        Assert.Equal(3, run.ExitStatus);
        Assert.Equal(["<build>"], _folder.RunPowerShell(Dotnet, powerShell, "--", "build").Output.Lines);
        Assert.Equal(
            Path.Combine(_folder.Checkout, "src", "WireDns", "bin", "Release", "net10.0", "wiredns"),
            _folder.RunPowerShell(Dotnet, powerShell, "build").Output.Lines[^1]);
        Assert.Equal(1, _folder.Builds);

        File.WriteAllText(Path.Combine(_folder.Checkout, "src", "WireDns", "A.cs"), "");
        _folder.RunPowerShell(Dotnet, powerShell, "x");
        Assert.Equal(2, _folder.Builds);
    }

    [Fact]
    public void Shows_what_a_dotnet_says_that_does_not_run()
    {
        var powerShell = FindPowerShell();
        _folder.InstallDotnet("#!/usr/bin/env bash\necho 'libhostfxr.so: no room left' >&2\nexit 133\n");

        var run = _folder.RunPowerShell(Dotnet, powerShell, "read");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("libhostfxr.so: no room left", run.Error.Text, StringComparison.Ordinal);
        Assert.Contains("winget install Microsoft.DotNet.SDK.10", run.Error.Text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string FindPowerShell()
    {
        var folder = Path.Combine(TestPaths.Root, "artifacts", "servers", "powershell", ".store");
        var program = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "pwsh.dll", SearchOption.AllDirectories).FirstOrDefault(IsOfThisSystem) : null;
        Assert.SkipUnless(program is not null && File.Exists(Dotnet), "needs PowerShell 7, which ./run.sh setup fetches as a dotnet tool");
        return program!;

        static bool IsOfThisSystem(string path) => path.Contains($"{Path.DirectorySeparatorChar}unix{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
    }
}
