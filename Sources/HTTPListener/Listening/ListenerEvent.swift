package import Deliveries

/// Events of the listener other than requests.
package enum ListenerEvent: Sendable, Equatable {
    /// - Parameter peer: the address at the other end of the connection.
    case malformedRequest(MalformedInput, peer: String)
    /// The listener itself responded, because of a bad head, a limit or a deadline, or because the server stops.
    ///
    /// - Parameter target: nil unless the response rejects a complete head.
    case rejected(status: Int, peer: String, target: RequestTarget? = nil)
    /// A connection exceeded the limit of its address or of the listener.
    case tooManyConnections(peer: String)
    /// The process may not open enough descriptors for `connections`; the limit is lowered.
    case connectionLimitLowered(to: Int, descriptors: Int)
    /// The process is out of descriptors. Accepting pauses for a moment.
    case descriptorsExhausted
    case handshakeFailed(reason: String, peer: String)
    /// New handshakes use the certificate that was read again.
    case certificateReloaded
    /// The certificate that was read again cannot be used; the previous one stays in use.
    case certificateNotReloaded(ListenError)
}
