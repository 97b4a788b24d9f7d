using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>Sends messages one by one until one fails.</summary>
internal static class Sending
{
    /// <summary>Sends one message once.</summary>
    /// <returns>Why it was not settled, or was refused; None where the receiver has it.</returns>
    public static SendFailure SendOne(this IMessageTransport transport, ReadOnlySpan<byte> message)
    {
        var batch = new MessageBatch();
        batch.Add(message, "id");
        var outcome = transport.Send(batch);
        var outcomes = new long[Enum.GetValues<SendFailure>().Length];
        if (batch.RemoveMarked(outcomes, out _) == 0)
        {
            Assert.NotEqual(SendFailure.None, outcome.Failure);
            return outcome.Failure;
        }

        return (SendFailure)Array.FindIndex(outcomes, count => count > 0);
    }

    /// <summary>A batch of these messages.</summary>
    public static MessageBatch Batch(params IEnumerable<string> messages)
    {
        var batch = new MessageBatch();
        foreach (var message in messages)
        {
            batch.Add(System.Text.Encoding.UTF8.GetBytes(message), message);
        }

        return batch;
    }

    /// <summary>Removes what is marked; returns how many of those the receiver took.</summary>
    public static long Taken(this MessageBatch batch)
    {
        var outcomes = new long[Enum.GetValues<SendFailure>().Length];
        batch.RemoveMarked(outcomes, out _);
        return outcomes[(int)SendFailure.None];
    }
}
