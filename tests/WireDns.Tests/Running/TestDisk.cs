namespace WireDns.Tests.Running;

/// <summary>Mounts a <see cref="SmallDisk"/>.</summary>
internal static class TestDisk
{
    /// <summary>Mounts it, or skips the test where that is not possible.</summary>
    public static SmallDisk Mount(int kibibytes)
    {
        try
        {
            return new SmallDisk(kibibytes);
        }
        catch (IOException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }
}
