using WireDns.Tests.Publish;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>The Debian package of this machine's architecture, made once for the tests of a class by deploy/package.sh.</summary>
public sealed class DebianPackage
{
    private string? _path;

    /// <summary>The package. Skips the running test if it cannot be made.</summary>
    internal string Path
    {
        get
        {
            Assert.SkipUnless(RunningProgram.IsInstalled("dpkg-buildpackage") && RunningProgram.IsInstalled("dh"), "needs debhelper, which ./run.sh setup installs on Debian");
            return _path ??= Make();
        }
    }

    /// <summary>Makes it, and returns its path.</summary>
    internal static string Make()
    {
        // The binary is there, so the script makes no other.
        _ = NativeProduct.Executable;
        using var script = RunningProgram.Start("bash", [System.IO.Path.Combine(TestPaths.Root, "deploy", "package.sh"), "deb"]);
        Assert.True(script.WaitForEnd(TimeSpan.FromMinutes(10)) == 0, script.Error.Text);
        return Assert.Single(script.Output.Lines);
    }

    /// <summary>The package with another version and something changed, in a folder. It is hardly compressed, which saves half a minute.</summary>
    internal string Change(TemporaryFolder folder, string version, string command)
    {
        var changed = folder[$"wiredns_{version}_amd64.deb"];
        using var shell = RunningProgram.Start(
            "sh", ["-ec", $"dpkg-deb -R \"$0\" tree; sed -i 's/^Version: .*/Version: {version}/' tree/DEBIAN/control; {command}; dpkg-deb --root-owner-group -Zgzip -z1 -b tree \"$1\"; rm -rf tree", Path, changed],
            folder.Path);
        Assert.True(shell.WaitForEnd() == 0, shell.Error.Text);
        return changed;
    }
}
