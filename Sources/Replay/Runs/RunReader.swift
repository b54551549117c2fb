package import Deliveries
package import Journal

/// Reads the deliveries of a run, several per transaction.
package struct RunReader {
    /// The maximum number of deliveries to read ahead.
    package static let countLimit = 32
    private static let byteCountLimit = 4 << 20

    private let journal: JournalReader

    package init(_ directory: ArchiveDirectory) throws(ArchiveError) {
        journal = try JournalReader(directory.journal)
    }

    /// The deliveries at the start of `ids`, at least one. An element is nil if the delivery has no body.
    package func deliveries(_ ids: [DeliveryID]) throws(ArchiveError) -> [ArchivedDelivery?] {
        guard let first = ids.first else { return [] }
        guard ids.indices.allSatisfy({ ids[$0].rawValue == first.rawValue + Int64($0) }) else {
            return [try Self.delivery(try journal.entry(first.rawValue))]
        }
        let rows = try journal.entries(
            after: first.rawValue - 1, countLimit: ids.count, byteCountLimit: Self.byteCountLimit)
        // Retention may have removed the first entry.
        guard let last = rows.last?.position, rows.first?.position == first.rawValue else { return [nil] }
        var deliveries: [ArchivedDelivery?] = []
        var next = rows.makeIterator()
        var row = next.next()
        for id in ids where id.rawValue <= last {
            guard let found = row, found.position == id.rawValue else {
                deliveries.append(nil)
                continue
            }
            deliveries.append(try Self.delivery(found))
            row = next.next()
        }
        return deliveries
    }

    private static func delivery(_ row: EntryRow?) throws(ArchiveError) -> ArchivedDelivery? {
        guard let row, row.isDelivery, !row.isPruned else { return nil }
        return try row.delivery()
    }
}
