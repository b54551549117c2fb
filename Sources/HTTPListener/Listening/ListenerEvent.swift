package import Deliveries

/// Events of the listener other than requests.
package enum ListenerEvent: Sendable, Equatable {
    /// - Parameter peer: the address of the connection's other end.
    case malformedRequest(MalformedInput, peer: String)
    /// The listener itself responded because of a bad head, a limit or a deadline, or because the server stops.
    ///
    /// - Parameter target: nil unless the response rejects a complete head.
    case rejected(status: Int, peer: String, target: RequestTarget? = nil)
    /// A connection exceeded the limit per address or the limit of the listener.
    case tooManyConnections(peer: String)
    /// The process cannot open enough descriptors for `connections`, so the limit was lowered.
    case connectionLimitLowered(to: Int, descriptors: Int)
    /// The process is out of descriptors. The listener pauses accepting.
    case descriptorsExhausted
    case handshakeFailed(reason: String, peer: String)
    /// The certificate was reloaded. New handshakes use the new certificate.
    case certificateReloaded
    /// The certificate files cannot be used. New handshakes use the previous certificate.
    case certificateNotReloaded(ListenError)
}
