using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Recording;
using WireDns.Terminal;

namespace WireDns.Control;

/// <summary>
/// Shows a client alerts and events as they go to the targets, a JSON line each, until the client closes the connection or sends anything. What it is too slow for is
/// lost to it, and a line says how many.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="tails">Where alerts come from.</param>
/// <param name="counters">Counts what is lost.</param>
/// <param name="patience">How long the client may read nothing while lines wait for it.</param>
internal sealed class ControlTail(Socket client, TailSubscriptions tails, ControlCounters counters, TimeSpan patience)
{
    private const int BatchSize = 64;

    private readonly ArrayBufferWriter<byte> _message = new(2048);
    private readonly ArrayBufferWriter<byte> _lines = new(16 * 1024);
    private long _saidLost;

    /// <summary>Serves it to its end.</summary>
    /// <param name="request">With <c>format</c> (<c>ecs</c>, the default, or <c>text</c>) and <c>level</c>.</param>
    /// <param name="answer">Sends the first line: the result, or an error and its reason.</param>
    /// <exception cref="SocketException">The client has gone, or reads nothing.</exception>
    public void Run(ControlRequest request, Action<string, string?> answer)
    {
        if (request.Names.FirstOrDefault(name => name is not ("format" or "level")) is { } unknown)
        {
            answer($"tail has no argument '{unknown}'", ControlRefusal.BadRequest);
            return;
        }

        IAlertFormat? format = request["format"] switch
        {
            null or "ecs" => new EcsFormat(Environment.MachineName, ProductVersion.Text),
            "text" => new TextFormat(),
            _ => null,
        };
        var level = Enum.GetValues<AlertLevel>().Cast<AlertLevel?>().FirstOrDefault(known => known!.Value.Name() == (request["level"] ?? "informational"));
        if (format is null || level is null)
        {
            answer(format is null ? "format is ecs or text" : "level is informational, low, medium, high or critical", ControlRefusal.BadRequest);
            return;
        }

        using var tail = tails.Subscribe(level.Value);
        if (tail is null)
        {
            answer($"{TailSubscriptions.Most} clients watch already", "busy");
            return;
        }

        answer("tail", null);
        client.SendTimeout = (int)patience.TotalMilliseconds;
        _ = client.ReceiveAsync(new byte[1]).ContinueWith(_ => tail.Complete(), TaskScheduler.Default);
        try
        {
            Follow(tail, format);
        }
        finally
        {
            counters.LoseLines(tail.Lost + tail.Waiting);
        }
    }

    private void Follow(TailSubscription tail, IAlertFormat format)
    {
        var batch = new Notification?[BatchSize];
        for (int read; (read = tail.Peek(batch)) > 0; tail.Remove(read))
        {
            foreach (var notification in batch.AsSpan(0, read))
            {
                Add(notification!, format);
            }

            SayLost(tail);
            Flush();
        }

        SayLost(tail);
        Flush();
    }

    private void Add(Notification notification, IAlertFormat format)
    {
        _message.ResetWrittenCount();
        ((IMessageFormat)format).Write(notification, _message);
        Line(json =>
        {
            if (format is TextFormat)
            {
                json.WriteString("text"u8, _message.WrittenSpan);
            }
            else
            {
                json.WritePropertyName(notification is Alert ? "alert"u8 : "event"u8);
                json.WriteRawValue(_message.WrittenSpan, skipInputValidation: true);
            }
        });
    }

    private void SayLost(TailSubscription tail)
    {
        var lost = tail.Lost - _saidLost;
        if (lost > 0)
        {
            _saidLost += lost;
            Line(json => json.WriteNumber("lost"u8, lost));
        }
    }

    private void Line(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_lines))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        _lines.Write("\n"u8);
    }

    private void Flush()
    {
        client.Send(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }
}
