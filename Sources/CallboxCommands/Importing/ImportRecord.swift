internal import Deliveries
internal import StrictJSON

/// A delivery on its way into an archive.
struct ImportRecord: Equatable, Sendable {
    let uuid: UUIDv7
    let source: String
    let receivedAt: Timestamp
    let method: String
    let target: String
    let peer: String
    let headers: HeaderFields
    let body: [UInt8]
    /// What the archive said that it comes from.
    let claimed: Verification

    var request: InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(target), headers: headers, body: body, peer: peer,
            receivedAt: receivedAt)
    }

    /// About what it takes while it waits.
    var byteCount: Int {
        512 + body.count
    }

    /// As the control socket takes it: what `RecordReader` reads.
    var json: JSONText {
        let text = body.count <= BodyText.textByteCountLimit ? String(validating: body, as: UTF8.self) : nil
        return .object([
            .init("callbox", .integer(DeliveryRecord.version)), .init("uuid", .string("\(uuid)")),
            .init("receivedAt", .string(receivedAt.rfc3339)), .init("source", .string(source)),
            .init("method", .string(method)), .init("target", .string(target)), .init("peer", .string(peer)),
            .init("verification", .string(claimed.rawValue)),
            .init("headers", .array(headers.fields.map { .array([.string($0.name), .string($0.value)]) })),
            text.map { .init("body", .string($0)) } ?? .init("bodyBase64", .string(Base64Text.encode(body))),
        ])
    }
}

/// Why something cannot be imported, in words that continue "line 3 of x.ndjson".
struct ImportProblem: Error, Equatable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
