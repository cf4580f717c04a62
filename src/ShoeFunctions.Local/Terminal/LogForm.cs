namespace ShoeFunctions.Local.Terminal;

/// <summary>How a run logs.</summary>
internal enum LogForm
{
    /// <summary>A line for people, to the standard error.</summary>
    Text,

    /// <summary>A JSON object a line, all to the standard output.</summary>
    Json,
}
