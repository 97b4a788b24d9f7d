using System.Globalization;

namespace WireDns.Fuzz;

/// <summary>What a run is asked to do.</summary>
internal sealed class FuzzOptions
{
    /// <summary>After how many executions it ends.</summary>
    public long Executions { get; private set; } = long.MaxValue;

    /// <summary>After how long it ends. If neither is given, after ten seconds.</summary>
    public TimeSpan Time { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The seed of the random numbers.</summary>
    public ulong Seed { get; private set; } = 1;

    /// <summary>Folders whose captures are the corpus.</summary>
    public List<string> CorpusFolders { get; } = [];

    /// <summary>Where inputs that broke something are written.</summary>
    public string? FindingsFolder { get; private set; }

    public static bool TryRead(ReadOnlySpan<string> arguments, out FuzzOptions options)
    {
        options = new FuzzOptions();
        for (; arguments.Length >= 2; arguments = arguments[2..])
        {
            var isNumber = long.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[0])
            {
                case "--executions" when isNumber:
                    options.Executions = number;
                    break;
                case "--seconds" when isNumber:
                    options.Time = TimeSpan.FromSeconds(number);
                    break;
                case "--seed" when isNumber:
                    options.Seed = (ulong)number;
                    break;
                case "--corpus":
                    options.CorpusFolders.Add(arguments[1]);
                    break;
                case "--findings":
                    options.FindingsFolder = arguments[1];
                    break;
                default:
                    return false;
            }
        }

        if (options.Executions == long.MaxValue && options.Time == TimeSpan.MaxValue)
        {
            options.Time = TimeSpan.FromSeconds(10);
        }

        return arguments.IsEmpty;
    }
}
