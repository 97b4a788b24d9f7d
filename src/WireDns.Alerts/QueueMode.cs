namespace WireDns.Alerts;

/// <summary>What a full queue means for the thread that has one more alert.</summary>
public enum QueueMode
{
    /// <summary>It waits: for files, which do not run away.</summary>
    Block,

    /// <summary>It never waits, and the alert is dropped and counted: for live captures, where waiting would lose packets unseen.</summary>
    Drop,
}
