namespace WireDns.Fuzz.Mutation;

/// <summary>Makes an input smaller as long as it fails in the same way.</summary>
internal static class Minimiser
{
    private const int MostAttempts = 20_000;

    public static byte[] Minimise(FuzzTarget target, byte[] input, string signature)
    {
        var attempts = 0;
        for (var isSmaller = true; isSmaller && attempts < MostAttempts;)
        {
            isSmaller = false;
            for (var size = Math.Max(1, input.Length / 2); size >= 1; size /= 2)
            {
                for (var place = 0; place + size <= input.Length && attempts < MostAttempts;)
                {
                    attempts++;
                    byte[] shorter = [.. input[..place], .. input[(place + size)..]];
                    if (Fails(target, shorter, signature))
                    {
                        input = shorter;
                        isSmaller = true;
                    }
                    else
                    {
                        place += size;
                    }
                }
            }
        }

        // A zero shows that an octet does not matter.
        for (var place = 0; place < input.Length; place++)
        {
            var octet = input[place];
            input[place] = 0;
            if (octet != 0 && !Fails(target, input, signature))
            {
                input[place] = octet;
            }
        }

        return input;
    }

    private static bool Fails(FuzzTarget target, byte[] input, string signature)
    {
        try
        {
            target.Run(input, new FeatureMap());
            return false;
        }
#pragma warning disable CA1031 // Whatever comes out is what is looked for.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Finding.Sign(failure) == signature;
        }
    }
}
