package import Deliveries
internal import GRDB
internal import Journal

/// The ID of a rejected delivery. The ID is independent of journal positions and never reused.
package struct QuarantineID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package var description: String { String(rawValue) }
}

/// A rejected delivery and its ID.
package struct QuarantineEntry: Sendable {
    package let id: QuarantineID
    package let delivery: QuarantinedDelivery

    package init(id: QuarantineID, delivery: QuarantinedDelivery) {
        self.id = id
        self.delivery = delivery
    }
}

/// A rejected delivery without its headers and body, because these can be large.
package struct RejectedArrival: Sendable, Equatable {
    package let id: QuarantineID
    package let receivedAt: Timestamp
    package let source: String
    package let method: String
    package let target: String
    package let peer: String
    package let verification: Verification
    package let reason: String
    package let bodyByteCount: Int
    package let bodySHA256: [UInt8]

    package init(
        id: QuarantineID, receivedAt: Timestamp, source: String, method: String, target: String, peer: String,
        verification: Verification, reason: String, bodyByteCount: Int, bodySHA256: [UInt8]
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.source = source
        self.method = method
        self.target = target
        self.peer = peer
        self.verification = verification
        self.reason = reason
        self.bodyByteCount = bodyByteCount
        self.bodySHA256 = bodySHA256
    }
}

// Rows are decoded instead of subscripted. In a damaged file a column can have any type, and a subscript would end the
// process.

extension QuarantineEntry {
    static let columns = "\(RejectedArrival.columns), uuid, body"

    init(_ row: Row) throws {
        let (arrival, head) = try RejectedArrival.read(row)
        guard let uuid = UUIDv7(bytes: try row.decode(Blob.self, atIndex: 8).bytes) else { throw UnreadableRow() }
        let request = InboundRequest(
            method: head.method, target: RequestTarget(head.target), headers: head.headers,
            body: try row.decode(Blob.self, atIndex: 9).bytes, peer: head.peer, receivedAt: arrival.receivedAt)
        self.init(
            id: arrival.id,
            delivery: QuarantinedDelivery(
                uuid: uuid, source: arrival.source, request: request, verification: arrival.verification,
                reason: arrival.reason, bodySHA256: arrival.bodySHA256))
    }
}

extension RejectedArrival {
    static let columns =
        "id, receivedAtMilliseconds, source, verification, reason, length(body), bodySHA256, head"

    init(_ row: Row) throws {
        self = try Self.read(row).arrival
    }

    fileprivate static func read(_ row: Row) throws -> (arrival: RejectedArrival, head: RequestHead) {
        guard let head = RequestHead(try row.decode(Blob.self, atIndex: 7).bytes),
            let verification = Verification(rawValue: try row.decode(atIndex: 3))
        else { throw UnreadableRow() }
        let arrival = RejectedArrival(
            id: QuarantineID(rawValue: try row.decode(atIndex: 0)),
            receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
            source: try row.decode(atIndex: 2), method: head.method, target: head.target, peer: head.peer,
            verification: verification, reason: try row.decode(atIndex: 4), bodyByteCount: try row.decode(atIndex: 5),
            bodySHA256: try row.decode(Blob.self, atIndex: 6).bytes)
        return (arrival, head)
    }
}

/// A row of a damaged file. Lists omit such rows.
private struct UnreadableRow: Error {}
