/// The bounds of the listener and of each connection. Every phase of a connection has a deadline, every buffer a size.
package struct ListenerLimits: Sendable, Equatable {
    // MARK: Time

    /// The maximum time from accepting a connection to the end of its PROXY header and TLS handshake; then it is
    /// closed.
    package var handshakeTimeout: Duration = .seconds(10)
    /// The maximum time from the start of a connection, or from the first byte of a later request, to the end of the
    /// request head; then 408.
    package var headerTimeout: Duration = .seconds(20)
    /// The maximum time from the first byte of a request to the last byte of its body; then 408. Providers wait 10 s or
    /// longer.
    package var requestDeadline: Duration = .seconds(60)
    /// A body may arrive at any speed for this long. Afterwards its average must reach `bodyByteRate`.
    package var bodyRateGrace: Duration = .seconds(10)
    /// Bytes per second that a body must reach on average after `bodyRateGrace`; then 408.
    package var bodyByteRate = 1024
    /// The maximum time from the last byte of a request to the application's response; then 503. The request may still
    /// be committed.
    package var responseTimeout: Duration = .seconds(60)
    /// The maximum time that output waits for a client that does not read; then the connection is closed. Also the
    /// value of `TCP_USER_TIMEOUT`.
    package var sendTimeout: Duration = .seconds(30)
    /// The maximum time without bytes between two requests; then it is closed.
    package var idleTimeout: Duration = .seconds(75)
    /// The time in which an early response such as 413 must reach a client that is still sending.
    package var lingerTime: Duration = .seconds(2)

    // MARK: Requests

    /// The maximum bytes of the names and values of all header lines together; then 431. Also limits the framing bytes
    /// of a chunked body, beyond 16 for each byte of data.
    package var headerByteCount = 64 * 1024
    /// The maximum bytes of the name and value of one header line; then 431.
    package var headerFieldByteCount = 16 * 1024
    /// The maximum number of header lines; then 431.
    package var headerFieldCount = 100
    /// The maximum length of a request's target; then 414.
    package var targetByteCount = 8 * 1024
    /// The maximum number of requests on one connection; the last response closes it.
    package var requestsPerConnection = 10_000

    // MARK: Memory

    /// The maximum bytes of all bodies that are being received or committed; then 503.
    package var bufferedBodyByteCount = 128 * 1024 * 1024
    /// The maximum bytes of output that wait for clients. Each connection has an equal share. If it exceeds the share,
    /// none of its further requests are parsed, so at most one response is added.
    package var pendingOutputByteCount = 64 * 1024 * 1024
    /// The maximum bytes of input that are read and dropped after an early response; then reading stops until
    /// `lingerTime` ends.
    package var lingerByteCount = 32 * 1024 * 1024

    // MARK: Connections

    /// The maximum number of connections at a time; then the idlest are closed, or the new one gets 503. Lowered if the
    /// process may not open that many descriptors.
    package var connectionCount = 1024
    /// The maximum number of connections from one address (IPv6: from a /64) at a time; then 503. Loopback and trusted
    /// proxies are exempt, because many clients share them.
    package var connectionsPerAddress = 256
    /// The number of connections reserved for addresses that recently sent a verified delivery; at most 1/8 of
    /// `connectionCount`.
    package var reservedConnectionCount = 128
    /// The number of addresses that are remembered because they sent a verified delivery in the last seven days.
    package var provedAddressCount = 4096

    package init() {}

    /// The maximum bytes of output of one connection that wait for its client.
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
