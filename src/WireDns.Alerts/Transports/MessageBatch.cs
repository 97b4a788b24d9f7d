using System.Buffers;
using System.Diagnostics;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Messages for one receiver, oldest first. A transport marks each that is settled: accepted by the receiver, or refused for good. Those
/// that it leaves unmarked are sent again. Used by one thread at a time.
/// </summary>
public sealed class MessageBatch
{
    private readonly ArrayBufferWriter<byte> _octets = new(4096);
    private readonly List<Entry> _entries = [];
    private long _nextNumber;
    private int _lostEarlier;

    /// <summary>Messages that are not yet settled, or were marked since the last <see cref="RemoveMarked"/>.</summary>
    public int Count => _entries.Count;

    /// <summary>Octets of all messages since the last <see cref="Clear"/>.</summary>
    public int Octets => _octets.WrittenCount;

    /// <summary>The message at an index from 0, complete and without a terminator. Valid until the batch is cleared.</summary>
    public ReadOnlyMemory<byte> this[int index] => _octets.WrittenMemory[_entries[index].Start.._entries[index].End];

    /// <summary>The id of the alert that the message at an index is about.</summary>
    public string Id(int index) => _entries[index].Subject switch
    {
        string id => id,
        Notification notification => notification.Id,
        var other => throw new UnreachableException(other.ToString()),
    };

    /// <summary>A number that no other message of this batch ever has, from 0; later messages have higher ones.</summary>
    public long Number(int index) => _entries[index].Number;

    /// <summary>Adds a message at the end.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The id of the alert that it is about.</param>
    public void Add(ReadOnlySpan<byte> message, string id) => AddEntry(message, id);

    /// <summary>Adds a message at the end.</summary>
    /// <param name="message">The message.</param>
    /// <param name="subject">What it is about; its id is made if the transport asks for it.</param>
    public void Add(ReadOnlySpan<byte> message, Notification subject) => AddEntry(message, subject);

    private void AddEntry(ReadOnlySpan<byte> message, object subject)
    {
        var start = _octets.WrittenCount;
        _octets.Write(message);
        _entries.Add(new Entry(start, _octets.WrittenCount, subject, _nextNumber++, null));
    }

    /// <summary>Marks the message at an index as accepted by the receiver.</summary>
    public void Settle(int index) => _entries[index] = _entries[index] with { Outcome = SendFailure.None };

    /// <summary>Marks the first messages as accepted by the receiver.</summary>
    public void SettleFirst(int count)
    {
        for (var index = 0; index < count; index++)
        {
            Settle(index);
        }
    }

    /// <summary>Marks the message at an index as one that the receiver will never accept.</summary>
    public void Refuse(int index, SendFailure reason) => _entries[index] = _entries[index] with { Outcome = reason };

    /// <summary>Marks every unmarked message as one that the receiver will never accept.</summary>
    public void RefuseRest(SendFailure reason)
    {
        for (var index = 0; index < _entries.Count; index++)
        {
            if (_entries[index].Outcome is null)
            {
                Refuse(index, reason);
            }
        }
    }

    /// <summary>Notes that a message that was settled in an earlier batch was lost after all, which can happen over UDP.</summary>
    public void LoseEarlier() => _lostEarlier++;

    /// <summary>Removes the marked messages.</summary>
    /// <param name="outcomes">The number of removed messages is added to it, by outcome.</param>
    /// <param name="lostEarlier">Messages that were settled earlier, and are now known to be lost.</param>
    /// <returns>How many were removed.</returns>
    public int RemoveMarked(Span<long> outcomes, out int lostEarlier)
    {
        var before = _entries.Count;
        foreach (var entry in _entries)
        {
            if (entry.Outcome is { } outcome)
            {
                outcomes[(int)outcome]++;
            }
        }

        _entries.RemoveAll(entry => entry.Outcome is not null);
        lostEarlier = _lostEarlier;
        _lostEarlier = 0;
        return before - _entries.Count;
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Debug.Assert(_entries.Count == 0, "a message that is not settled would be forgotten");
        _entries.Clear();
        _octets.ResetWrittenCount();
    }

    private readonly record struct Entry(int Start, int End, object Subject, long Number, SendFailure? Outcome);
}
