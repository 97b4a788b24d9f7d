namespace WireDns.Detection.Intel;

/// <summary>Why an entry of a list of indicators is not used. Each has a counter.</summary>
public enum IntelRefusal
{
    /// <summary>It is used.</summary>
    None,

    /// <summary>A line, a row or a record that is not in the list's format.</summary>
    BadEntry,

    /// <summary>What should be a domain name is none.</summary>
    InvalidName,

    /// <summary>A public suffix (com, co.uk, github.io), or a name of one label: it would match what belongs to everybody.</summary>
    PublicSuffix,

    /// <summary>An address.</summary>
    Address,

    /// <summary>A URL with a path: it says nothing about the rest of its host.</summary>
    UrlPath,

    /// <summary>It is about something else than a name: a hash, a file, an address.</summary>
    NotAName,

    /// <summary>A pattern that says more than a list of names can: AND, FOLLOWEDBY, MATCHES, or another pattern language.</summary>
    Pattern,

    /// <summary>A name that its source has only observed.</summary>
    Observed,

    /// <summary>Its source has taken it back (revoked, deleted).</summary>
    TakenBack,

    /// <summary>Its source says that it is not for detection (to_ids).</summary>
    NotForDetection,

    /// <summary>There is no room for more.</summary>
    NoRoom,
}

/// <summary>The reasons by name.</summary>
public static class IntelRefusalNames
{
    /// <summary>The reason as counters name it: invalid_name.</summary>
    public static string Name(this IntelRefusal refusal) => refusal switch
    {
        IntelRefusal.BadEntry => "bad_entry",
        IntelRefusal.InvalidName => "invalid_name",
        IntelRefusal.PublicSuffix => "public_suffix",
        IntelRefusal.Address => "address",
        IntelRefusal.UrlPath => "url_path",
        IntelRefusal.NotAName => "not_a_name",
        IntelRefusal.Pattern => "pattern",
        IntelRefusal.Observed => "observed",
        IntelRefusal.TakenBack => "taken_back",
        IntelRefusal.NotForDetection => "not_for_detection",
        IntelRefusal.NoRoom => "no_room",
        _ => "none",
    };

    /// <summary>Whether it is a fault of the list, of which the places are said, and not something that a sound list may have.</summary>
    internal static bool IsFault(this IntelRefusal refusal) => refusal is IntelRefusal.BadEntry or IntelRefusal.InvalidName or IntelRefusal.PublicSuffix;
}
