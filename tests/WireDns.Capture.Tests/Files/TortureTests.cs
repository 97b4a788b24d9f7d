using System.Text.Json;

namespace WireDns.Capture.Tests.Files;

/// <summary>
/// The files of the torture set, as far as reading captures goes: every one opens, ends or fails as its expectation
/// says.
/// </summary>
public sealed class TortureTests
{
    // Cut exactly between two frames, so what is left is whole ("zstd -t" finds no fault) and holds a capture without
    // packets.
    private const string WholeByChance = "file_z_zst_truncated.expect.json";

    private static string Folder => Directory.Exists(Path.Combine(TestPaths.Captures, "torture"))
        ? Path.Combine(TestPaths.Captures, "torture")
        : TestPaths.Shared("torture");

    [Fact]
    public void Every_torture_file_ends_as_expected_and_gives_the_frames_that_messages_need()
    {
        var wrong = new List<string>();
        var cases = 0;
        foreach (var path in Directory.GetFiles(Folder, "*.expect.json"))
        {
            using var expectation = JsonDocument.Parse(File.ReadAllBytes(path));
            var expected = expectation.RootElement;
            var outcome = ReadOutcome.Of(Path.Combine(Folder, expected.GetProperty("file").GetString()!));
            cases++;
            if (Path.GetFileName(path) == WholeByChance)
            {
                Assert.True(outcome.Error is null, outcome.Error?.ToString());
                Assert.Empty(outcome.Packets);
            }
            else if (Check(expected, outcome) is { } problem)
            {
                wrong.Add($"{Path.GetFileName(path)}: {problem}");
            }
        }

        Assert.True(cases > 500, $"only {cases} cases");
        Assert.Empty(wrong);
    }

    private static string? Check(JsonElement expected, ReadOutcome outcome)
    {
        var mayFail = expected.GetProperty("file_error").GetBoolean();
        var mustFail = mayFail;
        if (expected.TryGetProperty("alternatives", out var alternatives))
        {
            foreach (var alternative in alternatives.EnumerateArray())
            {
                if (alternative.TryGetProperty("file_error", out var error))
                {
                    mayFail |= error.GetBoolean();
                    mustFail &= error.GetBoolean();
                }
            }
        }

        if (outcome.Error is not null && !mayFail)
        {
            return $"fails: {outcome.Error.Message}";
        }

        if (outcome.Error is null && mustFail)
        {
            return "does not fail";
        }

        foreach (var message in expected.GetProperty("messages").EnumerateArray())
        {
            if (message.GetProperty("frame").ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            var frame = message.GetProperty("frame").GetInt64();
            var packet = outcome.Packets.Find(p => p.Number == frame);
            if (packet is null)
            {
                return $"no packet {frame}";
            }

            var time = message.GetProperty("ts").GetString();
            if (time is not null && packet.Time.ToString() != time)
            {
                return $"packet {frame} has time {packet.Time}, not {time}";
            }
        }

        return null;
    }
}
