/// The limits of the listener and of each connection. Every phase of a connection has a deadline, and every buffer has
/// a maximum size.
package struct ListenerLimits: Sendable, Equatable {
    // MARK: Time

    /// The maximum time from accepting a connection to the end of its PROXY header and TLS handshake. After this time,
    /// the connection is closed.
    package var handshakeTimeout: Duration = .seconds(10)
    /// The maximum time for a request head: from the start of the connection, or from the first byte of a later
    /// request, to the end of the head. After this time, the client gets 408.
    package var headerTimeout: Duration = .seconds(20)
    /// The maximum time from the first byte of a request to the last byte of its body. After this time, the client gets
    /// 408. Providers wait 10 s or longer.
    package var requestDeadline: Duration = .seconds(60)
    /// The time in which a body may arrive at any rate. After this time, the body's average rate must reach
    /// `bodyByteRate`.
    package var bodyRateGrace: Duration = .seconds(10)
    /// The minimum average rate of a body after `bodyRateGrace`, in bytes per second. At a lower rate the client gets
    /// 408.
    package var bodyByteRate = 1024
    /// The maximum time from the last byte of a request to the application's response. After this time, the client gets
    /// 503, although the request may still be committed.
    package var responseTimeout: Duration = .seconds(60)
    /// The maximum time that output waits for a client that does not read. After this time, the connection is closed.
    /// Also the value of `TCP_USER_TIMEOUT`.
    package var sendTimeout: Duration = .seconds(30)
    /// The maximum time without bytes between two requests. After this time, the connection is closed.
    package var idleTimeout: Duration = .seconds(75)
    /// A new connection may replace a connection whose last successful request is at least this long ago.
    /// `ConnectionRegistry` lists the exceptions.
    package var idleTimeBeforeEviction: Duration = .seconds(1)
    /// The maximum time to wait until a client that is still sending reads an early response, such as 413.
    package var lingerTime: Duration = .seconds(2)

    // MARK: Requests

    /// The maximum bytes of the names and values of all header lines together. Beyond this limit, the client gets 431.
    /// A chunked body may have this many framing bytes, plus 16 for each byte of data.
    package var headerByteCount = 64 * 1024
    /// The maximum bytes of the name and value of one header line. Beyond this limit, the client gets 431.
    package var headerFieldByteCount = 16 * 1024
    /// The maximum number of header lines. Beyond this limit, the client gets 431.
    package var headerFieldCount = 100
    /// The maximum bytes of a request target. Beyond this limit, the client gets 414.
    package var targetByteCount = 8 * 1024
    /// The maximum number of requests on one connection. The response to the last request closes the connection.
    package var requestsPerConnection = 10_000

    // MARK: Memory

    /// The maximum bytes of all bodies that are being received or committed. Beyond this limit, clients get 503.
    package var bufferedBodyByteCount = 128 * 1024 * 1024
    /// The maximum bytes of output that wait for clients. Each connection has an equal share. If a connection exceeds
    /// its share, its next request is not parsed, so at most one more response is added.
    package var pendingOutputByteCount = 64 * 1024 * 1024
    /// The maximum bytes of input that are read and dropped after an early response. Beyond this limit, reading stops
    /// until `lingerTime` ends.
    package var lingerByteCount = 32 * 1024 * 1024

    // MARK: Connections

    /// The maximum number of open connections. At the limit, a new connection replaces the connections that have been
    /// idle longest, or gets 503. The limit is lowered if the process cannot open that many descriptors.
    package var connectionCount = 1024
    /// The maximum number of open connections per address, or per /64 network for IPv6. Beyond this limit, a new
    /// connection gets 503. Loopback and trusted proxies are exempt, because many clients share their addresses.
    package var connectionsPerAddress = 256
    /// The maximum number of connections over a limit that wait for their 503 or for the client to close. Beyond this
    /// limit, a new connection is closed without a response. The limit is lowered if the process cannot open that many
    /// descriptors.
    package var overLimitCount = 2048
    /// The number of connections reserved for addresses that recently sent a verified delivery; at most 1/8 of
    /// `connectionCount`.
    package var reservedConnectionCount = 128
    /// The maximum number of addresses to remember as senders of a verified delivery in the last seven days.
    package var provedAddressCount = 4096

    package init() {}

    /// The maximum bytes of waiting output per connection.
    var pendingOutputShare: Int {
        min(64 * 1024, max(1024, pendingOutputByteCount / max(1, connectionCount)))
    }

    /// The maximum time that a silent client can stay in one phase.
    var longestTimeout: Duration {
        [
            handshakeTimeout, headerTimeout, requestDeadline, responseTimeout, sendTimeout, idleTimeout, lingerTime,
        ].reduce(.zero, max)
    }
}
