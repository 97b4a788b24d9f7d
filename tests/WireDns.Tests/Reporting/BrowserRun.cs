using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Reporting;

/// <summary>Pages in Chromium. <c>tests/setup.sh</c> brings it and the packages; where they are missing, tests are skipped and say so.</summary>
internal static class BrowserRun
{
    private static string Chromium => Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", "chromium");

    private static string Packages => Path.Combine(TestPaths.Root, "artifacts", "browser");

    /// <summary>Skips the running test where there is no browser.</summary>
    public static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: the browser of this test comes from a package of Debian");
        Assert.SkipUnless(File.Exists(Chromium), "needs Chromium, which ./run.sh setup unpacks");
        Assert.SkipUnless(
            File.Exists(Path.Combine(Packages, "node_modules", "playwright-core", "package.json")) && RunningProgram.IsInstalled("node"),
            "needs Playwright, which ./run.sh setup fetches with npm");
    }

    /// <summary>Runs a check of <c>Browser/report-page.mjs</c>, and returns what it observed.</summary>
    public static JsonElement Check(string check, string page)
    {
        Require();
        var script = Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Reporting", "Browser", "report-page.mjs");
        using var program = RunningProgram.Start("node", [script, Packages, Chromium, check, page]);
        var status = program.WaitForEnd();
        Assert.True(status == 0, program.Error.Text);
        using var observed = JsonDocument.Parse(program.Output.Text);
        return observed.RootElement.Clone();
    }

    /// <summary>The texts of an array.</summary>
    public static string[] Texts(this JsonElement observed, string name) => [.. observed.GetProperty(name).EnumerateArray().Select(text => text.ToString())];
}
