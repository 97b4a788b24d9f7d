#:package DnsClient
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Looks names up with DnsClient: lookup.cs SERVER udp|tcp NAME TYPE [NAME TYPE ...], one after the other.
using System.Net;
using DnsClient;

var options = new LookupClientOptions(IPAddress.Parse(args[0]))
{
    UseTcpOnly = args[1] == "tcp",
    UseCache = false,
    Retries = 1,
    Timeout = TimeSpan.FromSeconds(3),
};
var client = new LookupClient(options);
for (var i = 2; i + 1 < args.Length; i += 2)
{
    var answer = await client.QueryAsync(args[i], Enum.Parse<QueryType>(args[i + 1], ignoreCase: true));
    Console.WriteLine($"{args[i]} {args[i + 1]} {answer.Header.ResponseCode} {answer.Answers.Count}");
}
