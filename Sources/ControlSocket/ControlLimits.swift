/// The bounds of the control socket. The client uses `frameByteCount`, `receiveTimeout` and `sendTimeout`.
package struct ControlLimits: Sendable {
    package var clientCount = 8
    /// Bytes of JSON in one frame. A longer one is rejected when its length is read.
    package var frameByteCount = 80 << 20
    /// Bytes of the request frames of all clients together, counted from the announced length until the handler returns.
    /// A request beyond it is rejected as busy. Responses are bounded by one frame for each client.
    package var totalByteCount = 160 << 20
    /// From the connection to the first byte of the request, and from the first byte of a frame to its last.
    package var receiveTimeout: Duration = .seconds(10)
    /// For one frame.
    package var sendTimeout: Duration = .seconds(10)
    /// The time that `stop()` leaves to running handlers before their connections are closed.
    package var stopGrace: Duration = .seconds(5)

    package init() {}
}
