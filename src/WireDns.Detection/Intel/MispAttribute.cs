namespace WireDns.Detection.Intel;

/// <summary>What the type and the tags of a MISP attribute mean for an indicator.</summary>
internal static class MispAttribute
{
    // The taxonomy misp, and the third scale of STIX 2.1, appendix A, for the Admiralty's.
    private static readonly Dictionary<string, int> Confidences = new(StringComparer.OrdinalIgnoreCase)
    {
        ["misp:confidence-level=\"completely-confident\""] = 100,
        ["misp:confidence-level=\"usually-confident\""] = 75,
        ["misp:confidence-level=\"fairly-confident\""] = 50,
        ["misp:confidence-level=\"rarely-confident\""] = 25,
        ["misp:confidence-level=\"unconfident\""] = 0,
        ["admiralty-scale:information-credibility=\"1\""] = 90,
        ["admiralty-scale:information-credibility=\"2\""] = 70,
        ["admiralty-scale:information-credibility=\"3\""] = 50,
        ["admiralty-scale:information-credibility=\"4\""] = 30,
        ["admiralty-scale:information-credibility=\"5\""] = 10,
    };

    /// <summary>Why an attribute is not used, or <see cref="IntelRefusal.None"/>.</summary>
    public static IntelRefusal Judge(string type, bool isTakenBack, bool isForDetection) =>
        type is not ("domain" or "hostname" or "domain|ip" or "hostname|port" or "url") ? IntelRefusal.NotAName
        : isTakenBack ? IntelRefusal.TakenBack
        : isForDetection ? IntelRefusal.None
        : IntelRefusal.NotForDetection;

    /// <summary>The name in the attribute's value: of a pair, the first part.</summary>
    public static string NameOf(string type, string value) => type.Contains('|') && value.IndexOf('|') is > 0 and var bar ? value[..bar] : value;

    /// <summary>The confidence that the first tag of a known taxonomy says, 0 to 100; null if none does.</summary>
    public static int? ConfidenceOf(IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            if (Confidences.TryGetValue(tag, out var confidence))
            {
                return confidence;
            }
        }

        return null;
    }
}
