using System.Reflection;
using WireDns.Screen;
using WireDns.Terminal;

/// <summary>
/// Puts a fault into the drawing of <c>live --ui</c>, in the process of the managed build: the runtime calls it first where DOTNET_STARTUP_HOOKS names this assembly. It
/// wants this name, outside a namespace.
/// </summary>
internal static class StartupHook
{
    /// <summary>The variable with the path of a file: the fault comes once there is one.</summary>
    public const string Variable = "WIREDNS_TEST_FAULT";

    /// <summary>Called by the runtime before the program.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } path)
        {
            new Thread(() => PutFault(path)) { IsBackground = true }.Start();
        }
    }

    private static void PutFault(string path)
    {
        SpinWait.SpinUntil(() => File.Exists(path));

        // The screen takes the sensor's lines; without its sample of lookups it cannot draw.
        var taker = (Delegate)typeof(StandardError).GetField("_taker", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        typeof(SensorScreen).GetField("_sample", BindingFlags.NonPublic | BindingFlags.Instance)!.SetValue(taker.Target, null);
    }
}
