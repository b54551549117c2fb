/// The bounds of a connection. Every input has one.
package struct ListenerLimits: Sendable, Equatable {
    /// From the first byte of a request to the last one of its body; then 408. Providers wait 10 s or longer.
    package var requestDeadline: Duration = .seconds(60)
    /// How long a connection may be quiet between requests; then it is closed.
    package var idleTimeout: Duration = .seconds(75)
    /// Names and values of all header lines together; then 431.
    package var headerByteCount = 64 * 1024
    /// Name and value of one header line; then 431.
    package var headerFieldByteCount = 16 * 1024
    /// Header lines; then 431.
    package var headerFieldCount = 100
    /// The request's target; then 414.
    package var targetByteCount = 8 * 1024
    /// Connections at a time; then 503.
    package var connectionCount = 1024
    /// Bodies of all connections together that are being received or committed; then 503.
    package var bufferedBodyByteCount = 256 * 1024 * 1024
    /// How long an early response such as 413 has to reach a client that is still sending.
    package var lingerTime: Duration = .seconds(2)

    package init() {}
}
