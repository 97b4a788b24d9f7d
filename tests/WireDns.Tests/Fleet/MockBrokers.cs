using System.Runtime.InteropServices;
using System.Text;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Fleet;

/// <summary>librdkafka's mock brokers in a process of their own, with one topic of four partitions (mock-brokers.py).</summary>
internal sealed class MockBrokers : IDisposable
{
    private readonly RunningProgram _program;

    private MockBrokers(RunningProgram program)
    {
        _program = program;
        Address = program.Output.WaitFor(_ => true, RunningProgram.Patience)[0];
    }

    /// <summary>Their addresses, with commas between them.</summary>
    public string Address { get; }

    /// <summary>Skips the test where the system does not have the library.</summary>
    public static void SkipWithoutLibrary() => Assert.SkipUnless(
        NativeLibrary.TryLoad("librdkafka.so.1", out _), "needs librdkafka, which ./run.sh setup installs on Debian");

    /// <summary>Starts them.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="network">The network that they are in; null for the machine's.</param>
    public static MockBrokers Start(string topic, NetworkNamespace? network = null)
    {
        SkipWithoutLibrary();
        Assert.SkipUnless(RunningProgram.IsInstalled("python3"), "needs python3, which starts the mock brokers");
        string[] arguments = [Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Fleet", "mock-brokers.py"), topic];
        return new MockBrokers(network?.Start("python3", arguments) ?? RunningProgram.Start("python3", arguments));
    }

    /// <summary>Switches them off (<c>down</c>) or on (<c>up</c>).</summary>
    public void Tell(string command)
    {
        _program.Input.Write(Encoding.ASCII.GetBytes(command + "\n"));
        _program.Input.Flush();
        if (command != "read")
        {
            _program.Output.WaitFor(line => line == command, RunningProgram.Patience);
        }
    }

    /// <summary>What the topic has.</summary>
    public IReadOnlyList<(string Key, string Value)> ReadTopic()
    {
        var before = _program.Output.Lines.Count;
        Tell("read");
        var ends = _program.Output.Lines.Take(before).Count(line => line == "end");
        _program.Output.WaitFor(line => line == "end", RunningProgram.Patience, ends + 1);
        return [.. _program.Output.Lines.Skip(before).TakeWhile(line => line != "end").Select(line => line.Split('\t', 2)).Select(parts => (parts[0], parts[1]))];
    }

    public void Dispose() => _program.Dispose();
}
