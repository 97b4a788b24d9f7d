using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Transports;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// Writes hits as <c>{"rule": "ID", "event": N}</c>, one per line: as they come, or sorted by rule and event at the end. A rule without an
/// id is named by its name, else by its title. Not thread-safe.
/// </summary>
internal sealed class HitLines
{
    private const int FlushThreshold = 64 * 1024;

    private readonly StreamTransport _output;
    private readonly List<long>[]? _kept;
    private readonly string[] _names;
    private readonly byte[][] _beginnings;
    private readonly ArrayBufferWriter<byte> _line = new(128);
    private int _waiting;

    /// <param name="rules">The rules.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="isSorted">Whether all hits are kept, eight bytes each, and written by <see cref="Finish"/>.</param>
    public HitLines(IReadOnlyList<SigmaDocument> rules, StreamTransport output, bool isSorted)
    {
        _output = output;
        _names = [.. rules.Select(rule => rule.Id ?? rule.Name ?? rule.Title)];
        _beginnings = [.. _names.Select(name => Encoding.ASCII.GetBytes($"{{\"rule\": \"{JsonEncodedText.Encode(name)}\", \"event\": "))];
        _kept = isSorted ? [.. rules.Select(_ => new List<long>())] : null;
    }

    /// <summary>Why lines could not be written; none while all could.</summary>
    public SendFailure Failure { get; private set; }

    /// <summary>Takes a hit.</summary>
    /// <param name="rule">The rule's index.</param>
    /// <param name="line">The event's line, from 0.</param>
    public void Add(int rule, long line)
    {
        if (_kept is null)
        {
            Write(rule, line);
        }
        else
        {
            _kept[rule].Add(line);
        }
    }

    /// <summary>Writes what waits. False if nobody reads any more.</summary>
    public bool Flush()
    {
        if (_waiting > 0)
        {
            Note(_output.Flush());
            _waiting = 0;
        }

        return Failure == SendFailure.None;
    }

    /// <summary>Writes all that is still to be written.</summary>
    public void Finish()
    {
        if (_kept is not null)
        {
            foreach (var rule in Enumerable.Range(0, _kept.Length).OrderBy(index => _names[index], StringComparer.Ordinal))
            {
                foreach (var line in _kept[rule])
                {
                    Write(rule, line);
                }
            }
        }

        Flush();
    }

    private void Write(int rule, long line)
    {
        _line.Write(_beginnings[rule]);
        Utf8Formatter.TryFormat(line, _line.GetSpan(20), out var digits);
        _line.Advance(digits);
        _line.Write("}"u8);
        Note(_output.Write(_line.WrittenSpan));
        _waiting += _line.WrittenCount;
        _line.ResetWrittenCount();
        if (_waiting >= FlushThreshold)
        {
            Flush();
        }
    }

    private void Note(SendFailure failure)
    {
        if (Failure == SendFailure.None)
        {
            Failure = failure;
        }
    }
}
