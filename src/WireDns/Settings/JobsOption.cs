using System.CommandLine;

namespace WireDns.Settings;

/// <summary>How many threads read files.</summary>
internal static class JobsOption
{
    private const int Maximum = 256;

    /// <summary>The option; one thread for each processor unless given.</summary>
    public static Option<int> Create()
    {
        var option = new Option<int>("--jobs", "-j")
        {
            Description = "Threads to read with: files at the same time, or two for one file. Changes neither alerts nor their order. "
                + $"Each has bounds of its own. Default: one for each processor; 1 to {Maximum}.",
            DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, Maximum),
        };
        NumberRange.Require(option, 1, Maximum);
        return option;
    }
}
