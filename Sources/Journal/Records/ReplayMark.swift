package import Deliveries
internal import Foundation
internal import GRDB

/// The header that marks a request as a replay: `Callbox-Replay: <run>; delivery=<UUID>`. A delivery that was replayed
/// twice has two such headers. If an archive receives a mark with one of its own deliveries, it has detected a loop.
package enum ReplayMark {
    package static let header = "Callbox-Replay"
    private static let separator = "; delivery="

    package static func value(run: String, delivery: UUIDv7) -> String {
        run + separator + delivery.description
    }

    /// The delivery in a header value. Nil if the value contains no UUID of a delivery.
    package static func delivery(in value: String) -> UUIDv7? {
        guard value.utf8.count <= 200, let start = value.range(of: separator)?.upperBound else { return nil }
        let digits = value[start...].utf8.filter { $0 != UInt8(ascii: "-") }
        return Hex.decode(digits).flatMap { UUIDv7(bytes: $0) }
    }
}

extension JournalReader {
    package func hasEntry(_ uuid: UUIDv7) throws(ArchiveError) -> Bool {
        try read { db in
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT 1 FROM entry WHERE uuid = ?"), arguments: [Data(uuid.bytes)]) != nil
        }
    }
}
