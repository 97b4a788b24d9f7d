using System.Buffers;
using System.Text;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Shortens a JSON object to a number of octets and keeps it valid: members of its first two levels are left out, the longest first, and a
/// member <c>omitted</c> lists them. The most important members go last.
/// </summary>
internal sealed class JsonCut
{
    private const string Separator = ".";

    private readonly HashSet<string> _core;
    private readonly HashSet<string> _important;
    private readonly string _extension;

    /// <summary>Says what to keep.</summary>
    /// <param name="extension">Name of the object at the first level that gets the member <c>omitted</c>.</param>
    /// <param name="core">Paths (<c>event.id</c>) without which the object says nothing: they go last.</param>
    /// <param name="important">Paths that go only when all others have gone.</param>
    public JsonCut(string extension, IEnumerable<string> core, IEnumerable<string> important)
    {
        _extension = extension;
        _core = [.. core];
        _important = [.. important];
    }

    /// <summary>Appends the object with as many members as fit into <paramref name="maximumLength"/> octets.</summary>
    /// <param name="json">A JSON object as one of our formats writes it: without spaces between tokens.</param>
    /// <param name="maximumLength">Octets; below about two hundred only empty braces are left.</param>
    /// <param name="output">Where the shorter object goes.</param>
    /// <returns>How many octets were left out.</returns>
    public int Write(ReadOnlySpan<byte> json, int maximumLength, IBufferWriter<byte> output)
    {
        var members = Read(json);
        var omitted = new List<string>();
        while (Length(members, omitted) > maximumLength && LongestOfLeastImportance(members) is { } member)
        {
            member.IsKept = false;
            omitted.Add(member.Path);
        }

        if (Length(members, omitted) > maximumLength)
        {
            omitted.Clear(); // the list itself is too long
            omitted.Add("*");
        }

        var written = Write(json, members, omitted, output);
        return json.Length - written;
    }

    private Member? LongestOfLeastImportance(List<Member> members) => members
        .Where(member => member.IsKept)
        .OrderBy(member => _core.Contains(member.Path) ? 2 : _important.Contains(member.Path) ? 1 : 0)
        .ThenByDescending(member => member.Length)
        .FirstOrDefault();

    /// <summary>Every member that can be left out: those of objects at the first level, and all else at that level.</summary>
    private static List<Member> Read(ReadOnlySpan<byte> json)
    {
        var members = new List<Member>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var parent = reader.GetString()!;
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                members.Add(new Member(null, parent, start, (int)reader.BytesConsumed));
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                start = (int)reader.TokenStartIndex;
                reader.Read();
                reader.Skip();
                members.Add(new Member(parent, parent + Separator + name, start, (int)reader.BytesConsumed));
            }
        }

        return members;
    }

    private int Length(List<Member> members, List<string> omitted)
    {
        var length = 2; // the braces
        string? open = null;
        foreach (var member in members.Where(member => member.IsKept))
        {
            if (member.Parent is not null && member.Parent != open)
            {
                length += Encoding.UTF8.GetByteCount(member.Parent) + 6; // "…":{}, in the place of the first member's comma
            }

            open = member.Parent;
            length += member.Length + 1;
        }

        // The list, and the object around it if that has no other member: at worst a few octets more than needed.
        return length + List(omitted).Length + _extension.Length + 20;
    }

    private int Write(ReadOnlySpan<byte> json, List<Member> members, List<string> omitted, IBufferWriter<byte> output)
    {
        var text = new ArrayBufferWriter<byte>(json.Length);
        text.Write("{"u8);
        string? open = null;
        var isListed = false;
        foreach (var member in members.Where(member => member.IsKept))
        {
            if (member.Parent != open)
            {
                text.Write(open is null ? default : "}"u8);
                Separate(text);
                open = member.Parent;
                if (open is not null)
                {
                    text.Write(Encoding.UTF8.GetBytes($"{Quoted(open)}:{{"));
                    if (open == _extension)
                    {
                        text.Write(List(omitted));
                        isListed = true;
                    }
                }
            }

            Separate(text);
            text.Write(json[member.Start..member.End]);
        }

        text.Write(open is null ? default : "}"u8);
        if (!isListed)
        {
            Separate(text);
            text.Write(Encoding.UTF8.GetBytes($"{Quoted(_extension)}:{{"));
            text.Write(List(omitted));
            text.Write("}"u8);
        }

        text.Write("}"u8);
        output.Write(text.WrittenSpan);
        return text.WrittenCount;
    }

    private static void Separate(ArrayBufferWriter<byte> text) => text.Write(text.WrittenSpan[^1] is (byte)'{' or (byte)',' ? default : ","u8);

    // Names at the first level are our own.
    private static string Quoted(string name) => $"\"{name}\"";

    private static byte[] List(List<string> omitted) => Encoding.UTF8.GetBytes($"\"omitted\":[{string.Join(',', omitted.Select(path => $"\"{path}\""))}]");

    private sealed class Member(string? parent, string path, int start, int end)
    {
        public string? Parent => parent;

        public string Path => path;

        public int Start => start;

        public int End => end;

        public int Length => end - start;

        public bool IsKept { get; set; } = true;
    }
}
