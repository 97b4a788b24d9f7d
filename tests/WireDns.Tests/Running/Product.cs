namespace WireDns.Tests.Running;

/// <summary>The executable <c>wiredns</c> as it was built with these tests, started as a user starts it.</summary>
internal static class Product
{
    /// <summary>The executable.</summary>
    public static string Executable { get; } = Find();

    /// <summary>The one shipped rule's id.</summary>
    public const string RuleId = "bd03a0dc-5d93-49eb-b2e8-2dfd268600f8";

    /// <summary>Runs it to its end, with nothing on its standard input.</summary>
    public static ProgramResult Run(params IEnumerable<string> arguments)
    {
        using var program = Start(arguments);
        return End(program);
    }

    /// <summary>Runs it to its end with these environment variables in addition to the test's own.</summary>
    public static ProgramResult RunWith((string Name, string Value)[] environment, params IEnumerable<string> arguments)
    {
        using var program = RunningProgram.Start(Executable, arguments, folder: null, environment);
        return End(program);
    }

    /// <summary>Runs it to its end with these bytes on its standard input.</summary>
    public static ProgramResult RunWithInput(ReadOnlySpan<byte> input, params IEnumerable<string> arguments)
    {
        using var program = Start(arguments);
        program.Input.Write(input);
        return End(program);
    }

    /// <summary>Starts it.</summary>
    public static RunningProgram Start(params IEnumerable<string> arguments) => RunningProgram.Start(Executable, arguments);

    /// <summary>
    /// Runs it without the rights that root has: it can neither read others' private files nor capture. Anyone who is not root has none of
    /// them anyway.
    /// </summary>
    public static ProgramResult RunUnprivileged(params IEnumerable<string> arguments)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Run(arguments);
        }

        Assert.SkipUnless(RunningProgram.IsInstalled("setpriv"), "needs setpriv (util-linux), to run a program as root without root's rights");
        using var program = RunningProgram.Start(
            "setpriv", ["--bounding-set=-dac_override,-dac_read_search,-net_raw,-net_admin", "--", Executable, .. arguments]);
        return End(program);
    }

    private static ProgramResult End(RunningProgram program)
    {
        var status = program.WaitForEnd();
        return new ProgramResult(status, program.Output, program.Error);
    }

    // tests/WireDns.Tests/bin/CONFIGURATION/net10.0 → src/WireDns/bin/CONFIGURATION/net10.0
    private static string Find()
    {
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var name = OperatingSystem.IsWindows() ? "wiredns.exe" : "wiredns";
        var path = Path.Combine(TestPaths.Root, "src", "WireDns", "bin", own.Parent!.Name, own.Name, name);
        return File.Exists(path) ? path : throw new FileNotFoundException("the product was not built", path);
    }
}
