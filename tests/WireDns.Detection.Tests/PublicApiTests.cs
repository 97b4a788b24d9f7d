using PublicApiGenerator;

namespace WireDns.Detection.Tests;

/// <summary>The public members of the libraries that are packages. Nothing changes for their users by accident.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => ["WireDns.Wire", "WireDns.Sigma", "WireDns.Alerts", "WireDns.Detection"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_members_are_those_of_the_committed_file(string library)
    {
        var path = Path.Combine(TestPaths.Root, "src", library, "PublicApi.txt");
        var members = System.Reflection.Assembly.Load(library).GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            ExcludeAttributes = ["System.Runtime.CompilerServices.CompilerGeneratedAttribute"],
        }).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("WIREDNS_WRITE_SAMPLES") == "1")
        {
            File.WriteAllText(path, members);
        }

        Assert.True(
            File.ReadAllText(path) == members,
            $"the public members of {library} are not those of {path}; if they should be, write it anew with WIREDNS_WRITE_SAMPLES=1, and say it in CHANGELOG.md");
    }
}
