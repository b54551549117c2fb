package import Deliveries
internal import Foundation

/// The form of an imported delivery on the control socket.
extension ImportedDelivery: Codable {
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
