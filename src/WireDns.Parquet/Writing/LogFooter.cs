namespace WireDns.Parquet.Writing;

/// <summary>Makes what the footer of a file says of it.</summary>
internal static class LogFooter
{
    /// <summary>The entries of a footer.</summary>
    /// <param name="sensor">The sensor's name.</param>
    /// <param name="run">The run.</param>
    /// <param name="isOrderedByTime">Whether the messages of a source are in the order of their times.</param>
    /// <param name="hidesClients">Whether the addresses of clients are hidden.</param>
    /// <param name="suffixes">What tells the public suffix list from others; null if nothing is said of it.</param>
    /// <param name="productVersion">The version of the program that saw the lookups.</param>
    public static Dictionary<string, string> Of(string sensor, string run, bool isOrderedByTime, bool hidesClients, string? suffixes, string productVersion)
    {
        var footer = new Dictionary<string, string>
        {
            [LookupColumns.VersionKey] = LookupColumns.Version,
            [LookupColumns.RunKey] = run,
            [LookupColumns.OrderKey] = isOrderedByTime ? "time" : "packet",
            [LookupColumns.PrivacyKey] = hidesClients ? "hidden" : "none",
            ["wiredns.sensor"] = sensor,
            [LookupColumns.ProductVersionKey] = productVersion,
        };
        if (suffixes is not null)
        {
            footer.Add(LookupColumns.SuffixesKey, suffixes);
        }

        return footer;
    }
}
