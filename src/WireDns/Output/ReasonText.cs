namespace WireDns.Output;

/// <summary>The names of the ledger's reasons in a summary for people. docs/ledger.md has both names.</summary>
internal static class ReasonText
{
    /// <summary>The words for a reason of the ledger; its name with spaces if there are none.</summary>
    public static string Of(string reason) => reason switch
    {
        "other_port" => "other ports",
        "other_protocol" => "other protocols",
        "tcp_control" => "TCP without payload",
        "retransmission" => "TCP retransmissions",
        "outside_window" => "TCP far from its stream",
        "behind_fin" => "TCP after the end of its stream",
        "duplicate_fragment" => "repeated fragments",
        "encrypted_dns" => "encrypted DNS",
        "other_on_dns_port" => "other protocols on DNS ports",

        "wireguard" => "WireGuard",
        "quic" => "QUIC",
        "sip" => "SIP",
        "stun" => "STUN, TURN",
        "dnscrypt" => "DNSCrypt responses",
        "iodine_raw" => "iodine, raw",
        "http" => "HTTP, SSDP",
        "tls" => "TLS, DTLS",

        "unknown_link_type" => "unknown link type",
        "cut_header" => "cut within a header",
        "bad_version" => "wrong version number",
        "bad_length" => "impossible length",
        "too_many_tunnels" => "too many tunnels",
        "too_many_tags" => "too many tags",
        "too_many_headers" => "too many headers",
        "encrypted" => "encrypted (ESP, MACsec, Wi-Fi)",
        "bad_fragment" => "impossible fragments",
        "overlapping_fragments" => "overlapping IPv6 fragments",
        "unsupported_header" => "unsupported header",
        "internal_error" => "faults of this program",
        "file_unknown_interface" => "file: of no known interface",
        "file_length_beyond_block" => "file: longer than its block",
        "file_block_too_short" => "file: block too short",

        "fragment_timeout" => "fragments missing after the timeout",
        "fragment_evicted" => "fragments that gave way",
        "fragment_unfinished" => "fragments missing at the end",
        "tcp_gap" => "TCP bytes missing",
        "tcp_unfinished" => "TCP ended within a message",
        "tcp_evicted" => "TCP that gave way",
        "tcp_unsynchronised" => "TCP met in the middle",
        "snap_length" => "cut by the snap length",
        "sliced" => "cut before the capture",

        "header_cut" => "shorter than a header",
        "question_missing" => "fewer questions than announced",
        "question_cut" => "ends within a question",
        "record_missing" => "fewer records than announced",
        "record_cut" => "ends within a record",
        "rdata_cut" => "ends within record data",
        "rdata_name_overrun" => "name runs past its record",
        "name_cut" => "ends within a name",
        "name_too_long" => "name longer than 255 octets",
        "label_type" => "reserved label type",
        "pointer_forward" => "pointer forward",
        "pointer_outside" => "pointer out of the message",
        "pointer_into_header" => "pointer into the header",
        "pointer_chain" => "pointers in a loop",
        "compression_bound" => "names that cost too much",
        "dso_cut" => "ends within a DSO element",
        _ => reason.Replace('_', ' '),
    };
}
