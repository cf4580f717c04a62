namespace ShoeFunctions.Engine.Kafka;

/// <summary>What a record's key is.</summary>
public enum MessageKey
{
    /// <summary>No key: records spread over all partitions.</summary>
    None,

    /// <summary>The shoe's id in decimal digits.</summary>
    Id,

    /// <summary>The brand in UTF-8: a brand's shoes stay in one partition, in order.</summary>
    Brand,
}
