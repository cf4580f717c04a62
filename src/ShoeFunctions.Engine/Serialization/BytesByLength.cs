namespace ShoeFunctions.Engine.Serialization;

/// <summary>
/// One array of each length, used again and again: the client takes whole arrays only, and copies them before a send returns.
/// </summary>
internal sealed class BytesByLength
{
    private byte[]?[] _arrays = new byte[128][];

    /// <summary>The array of a length; what it holds is to be overwritten.</summary>
    public byte[] this[int length]
    {
        get
        {
            if (length >= _arrays.Length)
                Array.Resize(ref _arrays, length + 1);
            return _arrays[length] ??= new byte[length];
        }
    }
}
