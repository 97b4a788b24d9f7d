namespace WireDns.Sigma.Rules;

/// <summary>One document of a file. <see cref="IsSound"/>: nothing was lost in it, such as the second of two equal keys.</summary>
internal readonly record struct YamlDocument(YamlNode Root, bool IsSound);
