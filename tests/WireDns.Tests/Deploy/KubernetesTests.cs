using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>The manifests under deploy/kubernetes: put together by kubectl, and compared with Kubernetes' own description of its objects.</summary>
public sealed class KubernetesTests
{
    private static string Packages => Path.Combine(TestPaths.Root, "artifacts", "kubernetes");

    [Theory]
    [InlineData("root")]
    [InlineData("file-capability")]
    public void The_manifests_are_what_Kubernetes_describes_and_grant_net_raw_alone(string variant)
    {
        var (objects, faults) = Validate(Build(variant));

        Assert.Equal("", faults);
        Assert.Equal(["Namespace", "ConfigMap", "DaemonSet"], objects.Select(one => one.GetProperty("kind").GetString()!));
        var pod = objects[2].GetProperty("spec").GetProperty("template").GetProperty("spec");
        var container = Assert.Single(pod.GetProperty("containers").EnumerateArray());
        var security = container.GetProperty("securityContext");
        Assert.True(pod.GetProperty("hostNetwork").GetBoolean());
        Assert.Equal("""{"add":["NET_RAW"],"drop":["ALL"]}""", security.GetProperty("capabilities").GetRawText());
        Assert.True(security.GetProperty("readOnlyRootFilesystem").GetBoolean());

        // no_new_privs, and a capability of the program's file, shut each other out.
        Assert.Equal(variant == "root", security.GetProperty("runAsUser").GetInt32() == 0);
        Assert.Equal(variant == "root", !security.GetProperty("allowPrivilegeEscalation").GetBoolean());

        // The limit is what docs/memory.md says is enough, which a test holds.
        Assert.Contains($"**{container.GetProperty("resources").GetProperty("limits").GetProperty("memory").GetString()![..3]} MiB** are enough", File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "memory.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_job_for_an_archive_is_what_Kubernetes_describes_and_its_arguments_are_read()
    {
        var (objects, faults) = Validate(Build("archive"));

        Assert.Equal("", faults);
        var spec = Assert.Single(objects).GetProperty("spec");
        Assert.Equal("Indexed", spec.GetProperty("completionMode").GetString());
        var pod = spec.GetProperty("template").GetProperty("spec");
        var container = Assert.Single(pod.GetProperty("containers").EnumerateArray());
        Assert.True(pod.GetProperty("securityContext").GetProperty("runAsNonRoot").GetBoolean());
        Assert.Equal("""{"drop":["ALL"]}""", container.GetProperty("securityContext").GetProperty("capabilities").GetRawText());

        using var folder = new TemporaryFolder();
        string At(string path) => path.Replace("/archive/", folder.Path + "/", StringComparison.Ordinal).Replace("/results", folder["results"], StringComparison.Ordinal)
            .Replace("/opt/wiredns/rules", TestPaths.Rules, StringComparison.Ordinal).Replace("$(JOB_COMPLETION_INDEX)", "3", StringComparison.Ordinal);
        var captures = Directory.GetFiles(TestPaths.Captures, "*.pcap*").Where(file => !file.EndsWith(".jsonl", StringComparison.Ordinal));
        Assert.Equal(0, Product.Run(["shard", .. captures, "--count", spec.GetProperty("completions").GetRawText(), "-o", folder["manifest.jsonl"]]).ExitStatus);
        var run = Product.Run(container.GetProperty("args").EnumerateArray().Select(argument => At(argument.GetString()!)));
        Assert.True(run.ExitStatus == 0, run.Error.Text);
        Assert.NotEmpty(Directory.GetFiles(folder["results"], "*.parquet", SearchOption.AllDirectories));
    }

    [Fact]
    public void The_configuration_of_the_manifests_is_accepted()
    {
        var check = Product.Run("config", "check", "--config", Path.Combine(TestPaths.Root, "deploy", "kubernetes", "base", "wiredns.yml"), "-r", TestPaths.Rules);

        Assert.True(check.ExitStatus == 0, check.Error.Text);
    }

    [Theory]
    [InlineData("readOnlyRootFilesystem", "readonlyRootFilesystem", Label = "a key that does not exist")]
    [InlineData("periodSeconds: 10", "periodSeconds: often", Label = "a value of another type")]
    [InlineData("name: wiredns\n        readinessProbe", "readinessProbe", Label = "a key that is missing")]
    public void A_fault_in_a_manifest_is_found(string text, string fault)
    {
        var manifests = Build("root");
        Assert.Contains(text, manifests, StringComparison.Ordinal);

        Assert.NotEqual("", Validate(manifests.Replace(text, fault, StringComparison.Ordinal)).Faults);
    }

    private static string Build(string variant)
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("kubectl"), "needs kubectl, which ./run.sh setup installs on Debian");
        using var kubectl = RunningProgram.Start("kubectl", ["kustomize", Path.Combine(TestPaths.Root, "deploy", "kubernetes", variant)]);
        Assert.True(kubectl.WaitForEnd() == 0, kubectl.Error.Text);
        return kubectl.Output.Text;
    }

    private static (List<JsonElement> Objects, string Faults) Validate(string manifests)
    {
        Assert.SkipUnless(
            File.Exists(Path.Combine(Packages, "node_modules", "kubernetes-models", "package.json")) && RunningProgram.IsInstalled("node"),
            "needs the types of Kubernetes' objects, which ./run.sh setup fetches with npm");
        using var program = RunningProgram.Start("node", [Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Deploy", "Kubernetes", "validate.mjs"), Packages]);
        program.Input.Write(System.Text.Encoding.UTF8.GetBytes(manifests));
        program.WaitForEnd();
        using var document = JsonDocument.Parse(program.Output.Text);
        return ([.. document.RootElement.EnumerateArray().Select(one => one.Clone())], program.Error.Text);
    }
}
