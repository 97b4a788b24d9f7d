using System.Globalization;
using System.Text;
using System.Xml;
using WireDns.Terminal;

namespace WireDns.RuleTools.Testing;

/// <summary>Test results as JUnit's XML, which build servers read: a suite per file, and a test case per case.</summary>
internal static class JUnitReport
{
    /// <summary>Writes the report.</summary>
    public static void Write(Stream stream, IReadOnlyList<RuleTestResult> results)
    {
        using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" });
        xml.WriteStartElement("testsuites");
        WriteCounts(xml, results);
        foreach (var file in results.GroupBy(result => result.File, StringComparer.Ordinal))
        {
            xml.WriteStartElement("testsuite");
            Attribute(xml, "name", file.Key);
            WriteCounts(xml, [.. file]);
            foreach (var result in file)
            {
                WriteCase(xml, result);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, RuleTestResult result)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", result.Case.Name);
        Attribute(xml, "classname", result.File);
        Attribute(xml, "time", Seconds(result.Duration));
        if (result.Failures.Count > 0)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "message", result.Failures[0]);
            xml.WriteString(string.Join('\n', result.Failures.Select(Printable.Text)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<RuleTestResult> results)
    {
        Attribute(xml, "tests", results.Count.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", results.Count(result => result.Failures.Count > 0).ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "errors", "0");
        Attribute(xml, "time", Seconds(results.Aggregate(TimeSpan.Zero, (sum, result) => sum + result.Duration)));
    }

    // Names may hold what XML cannot, such as control characters.
    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Printable.Text(value));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
