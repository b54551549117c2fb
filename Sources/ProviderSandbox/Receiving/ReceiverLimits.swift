/// Everything a client may take from the receiver.
package struct ReceiverLimits: Sendable {
    /// Then 413.
    package var bodyByteCount = 64 * 1024 * 1024
    /// Request line and headers; then 431.
    package var headByteCount = 128 * 1024
    /// From the connection to the last byte of the body; then the connection is closed.
    package var requestTime: Duration = .seconds(60)
    /// How long a refused client may go on sending, so that it gets to read its answer.
    package var lingerTime: Duration = .seconds(2)
    /// At a time; a further one is closed.
    package var connectionCount = 64

    package init() {}
}
