package import Deliveries

/// The outcome of a request, for logs and metrics. Contains numbers, names and digests, but never a body or a header.
package struct IntakeEvent: Sendable {
    package let request: RequestSummary
    /// The name of the source; nil if no source has the path.
    package let source: String?
    /// The status of the response.
    package let status: Int
    package let outcome: Outcome

    package enum Outcome: Sendable {
        case archived(Arrival)
        /// A request that got a response and is not archived, such as a connectivity test or a challenge.
        case handshake(String)
        /// A rejected request. The reason is one of a fixed set of strings.
        case rejected(reason: String)
        /// A delivery that failed verification. `isQuarantined` is false if too many such deliveries arrive.
        case unverified(reason: String, isQuarantined: Bool)
        case unknownPath
    }

    package struct Arrival: Sendable {
        package let id: any DeliveryReference
        package let verification: Verification
        package let secretName: String?
        package let bodyByteCount: Int
        package let storedByteCount: Int
        package let bodySHA256: [UInt8]

        init(_ id: any DeliveryReference, _ encoded: EncodedDelivery) {
            self.id = id
            self.verification = encoded.verification
            self.secretName = encoded.secretName
            self.bodyByteCount = encoded.body.byteCount
            self.storedByteCount = encoded.body.storedBytes.count
            self.bodySHA256 = encoded.body.sha256
        }
    }
}

/// The part of a request that logs show. Omits the query, because it may contain credentials.
package struct RequestSummary: Sendable {
    package let id: RequestID
    package let method: String
    package let peer: String
    /// The time at which the last byte of the request arrived; if the body was not read, the last byte of the head.
    package let arrivedAt: ContinuousClock.Instant
    private let target: RequestTarget

    /// The path. A query is replaced by `?…`.
    package var maskedPath: String { Self.maskedPath(target) }

    package static func maskedPath(_ target: RequestTarget) -> String {
        target.path + (target.query == nil ? "" : "?…")
    }

    package init(_ request: InboundRequest) {
        self.init(request.id, request.method, request.target, request.peer)
    }

    init(_ head: InboundHead) {
        self.init(head.id, head.method, head.target, head.peer)
    }

    private init(_ id: RequestID, _ method: String, _ target: RequestTarget, _ peer: String) {
        self.id = id
        self.method = method
        self.target = target
        self.peer = peer
        self.arrivedAt = .now
    }

    func event(_ source: String?, _ response: Response, _ outcome: IntakeEvent.Outcome) -> IntakeEvent {
        IntakeEvent(request: self, source: source, status: response.status, outcome: outcome)
    }
}

extension RequestSummary: CustomReflectable {
    package var customMirror: Mirror {
        Mirror(self, children: ["id": id, "method": method, "path": maskedPath, "peer": peer])
    }
}
