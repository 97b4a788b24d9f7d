using System.Reflection;

namespace WireDns.Terminal;

/// <summary>The version that this program says it is.</summary>
internal static class ProductVersion
{
    /// <summary>For example <c>0.1.0</c>, without a build's commit.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
