/// A complete HTTP request, byte for byte.
package struct InboundRequest: Sendable {
    package let method: String
    package let target: RequestTarget
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The address at the other end of the connection, without its port; `local` on a Unix-domain socket.
    package let peer: String
    /// When the last byte of the body had arrived.
    package let receivedAt: Timestamp
    package let id: RequestID

    package init(
        method: String, target: RequestTarget, headers: HeaderFields, body: [UInt8], peer: String,
        receivedAt: Timestamp, id: RequestID = .none
    ) {
        self.id = id
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.receivedAt = receivedAt
    }
}

/// The part of a request that decides whether its body is read.
package struct InboundHead: Sendable {
    package var id = RequestID.none
    package let method: String
    package let target: RequestTarget
    /// The client's address, as in `InboundRequest.peer`.
    package let peer: String

    package init(method: String, target: RequestTarget, peer: String = "local") {
        self.method = method
        self.target = target
        self.peer = peer
    }
}
