/// The limits of the control socket. The client only uses `frameByteCount`, `receiveTimeout` and `sendTimeout`.
package struct ControlLimits: Sendable {
    package var clientCount = 8
    /// The maximum bytes of JSON in one frame. A longer frame is rejected as soon as its length is read.
    package var frameByteCount = 80 << 20
    /// The maximum bytes of the request frames of all clients together. A frame counts from the moment its length
    /// arrives until its handler returns. A request beyond the limit is rejected as busy. In addition each client can
    /// have one response frame in memory.
    package var totalByteCount = 160 << 20
    /// The maximum time from the connection to the first byte of the request, and from the first byte of a frame to its
    /// last byte.
    package var receiveTimeout: Duration = .seconds(10)
    /// The maximum time to send one frame.
    package var sendTimeout: Duration = .seconds(10)
    /// The time that running handlers have after `stop()` before their connections are closed.
    package var stopGrace: Duration = .seconds(5)

    package init() {}
}
