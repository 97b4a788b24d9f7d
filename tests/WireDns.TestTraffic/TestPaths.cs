using Xunit;

namespace WireDns.TestTraffic;

/// <summary>Where a test finds the repository's files and, if a developer has it, the data beside the checkout.</summary>
internal static class TestPaths
{
    /// <summary>The checkout's top folder: the nearest one above the test's binaries that holds WireDns.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The checkout's own captures.</summary>
    public static string Captures => Path.Combine(Root, "captures");

    /// <summary>The one shipped rule that the shipped captures are expected to hit, and nothing else.</summary>
    public static string Rules => Path.Combine(Root, "rules", "sigmahq");

    /// <summary>All rules and rule tests that are shipped.</summary>
    public static string AllRules => Path.Combine(Root, "rules");

    /// <summary>
    /// A path in the shared test data beside the checkout (<c>../shared</c>). Skips the running test if it is absent.
    /// </summary>
    public static string Shared(string relativePath)
    {
        var path = Path.Combine(Root, "..", "shared", relativePath);
        Assert.SkipUnless(Path.Exists(path), $"needs ../shared/{relativePath}, which is not beside this checkout");
        return Path.GetFullPath(path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WireDns.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no WireDns.sln above {AppContext.BaseDirectory}");
    }
}
