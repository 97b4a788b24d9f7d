// Draws the queries of the dashboard of deploy/grafana with the figures of a Prometheus, in the dashboard's own layout:
//     dotnet run docs/dashboard-picture.cs -- http://127.0.0.1:9090 docs/images/dashboard.png
#:package ScottPlot@5.1.59
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
using System.Globalization;
using System.Text.Json;
using ScottPlot;
using SkiaSharp;

const int Column = 70, Row = 34, Span = 480, Step = 5;
var (prometheus, output) = (args[0], args[1]);
using var client = new HttpClient();
using var dashboard = JsonDocument.Parse(File.ReadAllBytes("deploy/grafana/wiredns.json"));
var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
var height = panels.Max(panel => Bottom(panel)) * Row;
var end = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : DateTimeOffset.UtcNow.ToUnixTimeSeconds();

using var surface = SKSurface.Create(new SKImageInfo(24 * Column, height));
var canvas = surface.Canvas;
canvas.Clear(SKColors.White);
foreach (var panel in panels)
{
    var place = panel.GetProperty("gridPos");
    var area = SKRect.Create(
        place.GetProperty("x").GetInt32() * Column, place.GetProperty("y").GetInt32() * Row, place.GetProperty("w").GetInt32() * Column, place.GetProperty("h").GetInt32() * Row);
    var title = panel.GetProperty("title").GetString()!;
    switch (panel.GetProperty("type").GetString())
    {
        case "row":
            Write(title, area.Left + 8, area.MidY + 7, 19, bold: true);
            break;
        case "stat":
            Frame(area, title);
            Write(Number(Now(panel).Single().Value), area.Left + 14, area.Bottom - 22, 38, bold: true);
            break;
        case "table" or "bargauge":
            Frame(area, title);
            var y = area.Top + 50;
            foreach (var (labels, value) in Now(panel).OrderByDescending(sample => sample.Value).Take(9))
            {
                Write(labels.TryGetValue("alertname", out var alert) ? $"{alert}  {labels["alertstate"]}  {labels.GetValueOrDefault("name") ?? labels.GetValueOrDefault("sink")}" : $"{Number(value)}  {labels["title"]} ({labels["level"]})", area.Left + 14, y, 13);
                y += 23;
            }

            break;
        default:
            Draw(panel, title, area);
            break;
    }
}

using var image = surface.Snapshot();
using var file = File.Create(output);
image.Encode(SKEncodedImageFormat.Png, 100).SaveTo(file);

void Draw(JsonElement panel, string title, SKRect area)
{
    using var plot = new Plot();
    plot.Title(title, 14);
    var lines = panel.GetProperty("targets").EnumerateArray().SelectMany(target => Series(target)).ToList();
    foreach (var (name, times, values) in lines)
    {
        var line = plot.Add.ScatterLine(times, values);
        line.LegendText = name.Length > 44 ? name[..41] + "..." : name;
        line.LineWidth = 1.5f;
        line.ConnectStyle = panel.GetProperty("type").GetString() == "state-timeline" ? ConnectStyle.StepHorizontal : ConnectStyle.Straight;
    }

    plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericFixedInterval(60) { LabelFormatter = second => $"{second / 60:0} min" };
    plot.Axes.SetLimitsX(0, Span);
    var largest = lines.SelectMany(line => line.Values).Where(double.IsFinite).DefaultIfEmpty(0).Max();
    plot.Axes.SetLimitsY(0, largest == 0 ? 1 : largest * 1.15);
    if (panel.GetProperty("type").GetString() == "state-timeline")
    {
        plot.Axes.Left.SetTicks([0, 1, 2], ["ok", "degraded", "blind"]);
        plot.Axes.SetLimitsY(-0.2, 2.4);
    }

    plot.Legend.FontSize = 10;
    plot.ShowLegend(Alignment.UpperLeft);
    using var picture = SKImage.FromEncodedData(plot.GetImageBytes((int)area.Width - 8, (int)area.Height - 8, ImageFormat.Png));
    canvas.DrawImage(picture, area.Left + 4, area.Top + 4);
}

void Frame(SKRect area, string title)
{
    using var line = new SKPaint { Color = SKColors.LightGray, Style = SKPaintStyle.Stroke };
    canvas.DrawRect(SKRect.Inflate(area, -4, -4), line);
    Write(title, area.Left + 14, area.Top + 26, 14, bold: true);
}

void Write(string text, float x, float y, float size, bool bold = false)
{
    using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
    using var face = SKTypeface.FromFamilyName("DejaVu Sans", bold ? SKFontStyle.Bold : SKFontStyle.Normal);
    using var font = new SKFont(face, size);
    canvas.DrawText(text, x, y, font, paint);
}

static int Bottom(JsonElement panel) => panel.GetProperty("gridPos").GetProperty("y").GetInt32() + panel.GetProperty("gridPos").GetProperty("h").GetInt32();

static string Number(double value) => value.ToString(value == Math.Round(value) || value > 20 ? "#,0" : "0.##", CultureInfo.InvariantCulture);

static string Expression(JsonElement target) => target.GetProperty("expr").GetString()!
    .Replace("$instance", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "30s", StringComparison.Ordinal).Replace("$__range", $"{Span}s", StringComparison.Ordinal);

IEnumerable<JsonElement> Query(string path, string query)
{
    var answer = client.GetByteArrayAsync($"{prometheus}/api/v1/{path}&query={Uri.EscapeDataString(query)}").Result;
    return JsonDocument.Parse(answer).RootElement.GetProperty("data").GetProperty("result").EnumerateArray();
}

static Dictionary<string, string> Labels(JsonElement result) =>
    result.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

static double Value(JsonElement pair) => double.Parse(pair[1].GetString()!, CultureInfo.InvariantCulture);

List<(Dictionary<string, string> Labels, double Value)> Now(JsonElement panel) =>
    [.. Query(FormattableString.Invariant($"query?time={end}"), Expression(panel.GetProperty("targets")[0])).Select(result => (Labels(result), Value(result.GetProperty("value"))))];

IEnumerable<(string Name, double[] Times, double[] Values)> Series(JsonElement target) =>
    from result in Query(FormattableString.Invariant($"query_range?start={end - Span}&end={end}&step={Step}"), Expression(target))
    let name = Labels(result).Aggregate(target.GetProperty("legendFormat").GetString()!, (text, label) => text.Replace($"{{{{{label.Key}}}}}", label.Value.Replace("127.0.0.1:9153", "", StringComparison.Ordinal), StringComparison.Ordinal))
    let samples = result.GetProperty("values").EnumerateArray().ToList()
    select (name.Trim(), samples.Select(pair => pair[0].GetDouble() - end + Span).ToArray(), samples.Select(Value).ToArray());
