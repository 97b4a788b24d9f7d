using System.Reflection;

namespace WireDns.Terminal;

/// <summary>The program's version.</summary>
internal static class ProductVersion
{
    /// <summary>For example <c>0.1.0</c>, without the commit of a build.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
