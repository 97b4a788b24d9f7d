namespace WireDns.Alerts;

/// <summary>
/// The id of an alert, and the Community ID of its flow. Both are digests, which cost more than the rest of an alert, and most alerts are written or
/// held back without one: so they are made when they are first asked for. Thread-safe.
/// </summary>
public abstract class AlertIdentity
{
    private string? _id;
    private string? _communityId;
    private bool _isCommunityIdMade;

    /// <summary>The id.</summary>
    public string Id => _id ??= MakeId(); // threads may make it twice, with the same result

    /// <summary>The flow's Community ID; null where there is none.</summary>
    public string? CommunityId
    {
        get
        {
            if (!Volatile.Read(ref _isCommunityIdMade))
            {
                _communityId = MakeCommunityId();
                Volatile.Write(ref _isCommunityIdMade, true);
            }

            return _communityId;
        }
    }

    /// <summary>Makes the id: the same one each time, on any thread.</summary>
    protected abstract string MakeId();

    /// <summary>Makes the Community ID: the same one each time, on any thread; null for none.</summary>
    protected abstract string? MakeCommunityId();
}
