namespace WireDns.Terminal;

/// <summary>Whether what goes to standard output is to be coloured.</summary>
internal enum Colouring
{
    /// <summary>On a terminal, unless the environment says otherwise.</summary>
    Auto,

    /// <summary>In any case.</summary>
    Always,

    /// <summary>In no case.</summary>
    Never,
}

/// <summary>Decides for the standard output that there is.</summary>
internal static class ColouringDecision
{
    /// <summary>Whether to colour, as the user, the terminal (terminfo's "dumb" has no colours) and <c>NO_COLOR</c> (https://no-color.org) say.</summary>
    public static bool IsColoured(this Colouring colouring) => colouring switch
    {
        Colouring.Always => true,
        Colouring.Never => false,
        _ => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb",
    };
}
