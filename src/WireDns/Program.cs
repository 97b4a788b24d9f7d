using WireDns.Commands;

return CommandLine.Run(args);
