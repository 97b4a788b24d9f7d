using System.Reflection;
using System.Text.Json;

namespace WireDns.Sql;

/// <summary>
/// <c>wiredns-sql</c>: runs a query of a DNS log by DuckDB for <c>wiredns hunt --sql</c>, which writes one request to its standard input and reads replies from its standard
/// output, in JSON (<see cref="LogRequest"/>, <see cref="ReplyWriter"/>).
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
        if (arguments is ["--version"])
        {
            Console.Out.WriteLine($"wiredns-sql {version}");
            return 0;
        }

        if (arguments.Length > 0 || !Console.IsInputRedirected)
        {
            Console.Error.WriteLine("wiredns-sql is started by 'wiredns hunt DIR --sql QUERY', and takes no arguments but --version.");
            return 2;
        }

        using var output = Console.OpenStandardOutput();
        using var replies = new ReplyWriter(output);
        try
        {
            using var input = Console.OpenStandardInput();
            var request = LogRequest.Read(input);
            if (request.Version != version)
            {
                replies.Fault(FaultKind.Program, new QueryFault($"wiredns-sql is of version {version}, and wiredns of {request.Version}: they must be of the same one"));
            }
            else
            {
                LogQuery.Run(request, replies);
            }

            return 0;
        }
        catch (IOException)
        {
            // The reader has seen enough, or is gone.
            return 0;
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            replies.Fault(FaultKind.Program, new QueryFault("DuckDB's library, which belongs beside wiredns-sql, cannot be loaded"));
            return 1;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            replies.Fault(FaultKind.Program, new QueryFault("the request is not what this version of wiredns-sql reads"));
            return 1;
        }
    }
}
