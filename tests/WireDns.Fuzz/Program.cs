return WireDns.Fuzz.CommandLine.Run(args, Console.Out, Console.Error);
