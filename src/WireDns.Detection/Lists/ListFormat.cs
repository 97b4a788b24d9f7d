namespace WireDns.Detection.Lists;

/// <summary>How a file of values is written.</summary>
internal enum ListFormat
{
    /// <summary>A value a line; <c>#</c> begins a comment.</summary>
    Plain,

    /// <summary>An address and names a line, as in <c>/etc/hosts</c>.</summary>
    Hosts,

    /// <summary>A response policy zone: a master file (RFC 1035 §5) whose owner names are the values.</summary>
    Rpz,

    /// <summary>Columns between commas, semicolons or tabs (RFC 4180), of which one has the values.</summary>
    Csv,
}
