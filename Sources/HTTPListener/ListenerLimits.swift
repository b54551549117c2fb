/// The bounds of the listener and of each connection. Every phase of a connection has a deadline, every buffer a size.
package struct ListenerLimits: Sendable, Equatable {
    // MARK: Time

    /// From accepting a connection to the end of its PROXY header and TLS handshake; then it is closed.
    package var handshakeTimeout: Duration = .seconds(10)
    /// From a connection's begin, or the first byte of a later request, to the end of the request head; then 408.
    package var headerTimeout: Duration = .seconds(20)
    /// From the first byte of a request to the last one of its body; then 408. Providers wait 10 s or longer.
    package var requestDeadline: Duration = .seconds(60)
    /// A body may arrive at any speed for this long. After that its average must reach `bodyByteRate`.
    package var bodyRateGrace: Duration = .seconds(10)
    /// Bytes per second that a body must reach on average after `bodyRateGrace`; then 408.
    package var bodyByteRate = 1024
    /// From the last byte of a request to the application's response; then 503. The request may still be committed.
    package var responseTimeout: Duration = .seconds(60)
    /// How long output may wait for a client that does not read; then the connection is closed. Also `TCP_USER_TIMEOUT`.
    package var sendTimeout: Duration = .seconds(30)
    /// How long a connection may be quiet between requests; then it is closed.
    package var idleTimeout: Duration = .seconds(75)
    /// The time in which an early response such as 413 must reach a client that is still sending.
    package var lingerTime: Duration = .seconds(2)

    // MARK: Requests

    /// Names and values of all header lines together; then 431. Also framing bytes of a chunked body beyond 16 for each byte of data.
    package var headerByteCount = 64 * 1024
    /// Name and value of one header line; then 431.
    package var headerFieldByteCount = 16 * 1024
    /// Header lines; then 431.
    package var headerFieldCount = 100
    /// The request's target; then 414.
    package var targetByteCount = 8 * 1024
    /// Requests on one connection; the last response closes it.
    package var requestsPerConnection = 10_000

    // MARK: Memory

    /// Bodies of all connections together that are being received or committed; then 503.
    package var bufferedBodyByteCount = 128 * 1024 * 1024
    /// Output of all connections that waits for clients. Each has an equal share; beyond it no further request of that
    /// connection is parsed: at most one response is added.
    package var pendingOutputByteCount = 64 * 1024 * 1024
    /// Input that is read and dropped after an early response; then reading stops until `lingerTime` ends.
    package var lingerByteCount = 32 * 1024 * 1024

    // MARK: Connections

    /// Connections at a time; then the idlest are closed, or the newcomer gets 503. Less if the process may not open that
    /// many descriptors.
    package var connectionCount = 1024
    /// Connections of one address (IPv6: of a /64) at a time; then 503. Loopback and trusted proxies are exempt, because many
    /// clients share them.
    package var connectionsPerAddress = 256
    /// Connections that only addresses may use that recently delivered something verified; at most 1/8 of `connectionCount`.
    package var reservedConnectionCount = 128
    /// Addresses that are remembered because they delivered something verified in the last seven days.
    package var provedAddressCount = 4096

    package init() {}

    /// Output of one connection that waits for its client.
    var pendingOutputShare: Int {
        min(64 * 1024, max(1024, pendingOutputByteCount / max(1, connectionCount)))
    }

    /// The longest time that a silent client can stay in one phase.
    var longestTimeout: Duration {
        [
            handshakeTimeout, headerTimeout, requestDeadline, responseTimeout, sendTimeout, idleTimeout, lingerTime,
        ].reduce(.zero, max)
    }
}
