package import Deliveries
internal import Foundation

/// A delivery on its way into an archive.
package struct ImportRecord: Equatable, Sendable {
    package let uuid: UUIDv7
    package let source: String
    package let receivedAt: Timestamp
    package let method: String
    package let target: String
    package let peer: String
    package let headers: HeaderFields
    package let body: [UInt8]
    /// What the archive said that it comes from.
    package let claimed: Verification

    package var request: InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(target), headers: headers, body: body, peer: peer,
            receivedAt: receivedAt)
    }

    package init(
        uuid: UUIDv7, source: String, receivedAt: Timestamp, method: String, target: String, peer: String,
        headers: HeaderFields, body: [UInt8], claimed: Verification
    ) {
        self.uuid = uuid
        self.source = source
        self.receivedAt = receivedAt
        self.method = method
        self.target = target
        self.peer = peer
        self.headers = headers
        self.body = body
        self.claimed = claimed
    }

    /// About what it takes while it waits.
    package var byteCount: Int {
        512 + body.count
    }
}

extension ImportRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case uuid, source, receivedAt, method, target, peer, headers, body, claimed
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let headers = try container.decode([[String]].self, forKey: .headers)
        guard headers.allSatisfy({ $0.count == 2 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .headers, in: container, debugDescription: "not names and values")
        }
        self.init(
            uuid: try container.decode(UUIDv7.self, forKey: .uuid),
            source: try container.decode(String.self, forKey: .source),
            receivedAt: try container.decode(Timestamp.self, forKey: .receivedAt),
            method: try container.decode(String.self, forKey: .method),
            target: try container.decode(String.self, forKey: .target),
            peer: try container.decode(String.self, forKey: .peer),
            headers: HeaderFields(headers.map { HeaderField($0[0], $0[1]) }),
            body: Array(try container.decode(Data.self, forKey: .body)),
            claimed: try container.decode(Verification.self, forKey: .claimed))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(uuid, forKey: .uuid)
        try container.encode(source, forKey: .source)
        try container.encode(receivedAt, forKey: .receivedAt)
        try container.encode(method, forKey: .method)
        try container.encode(target, forKey: .target)
        try container.encode(peer, forKey: .peer)
        try container.encode(headers.fields.map { [$0.name, $0.value] }, forKey: .headers)
        try container.encode(Data(body), forKey: .body)
        try container.encode(claimed, forKey: .claimed)
    }
}
