package import Deliveries
internal import Foundation
internal import GRDB

extension ArchiveReader {
    /// Journal rows read under one snapshot.
    private static let numbersInPage = 4096

    /// The numbers of the deliveries that brought what matches, each once, oldest first: eight bytes each. Where every
    /// arrival is wanted without any condition, they are all that the journal has.
    ///
    /// - Parameters:
    ///   - watch: receives the progress of a scan over bodies.
    ///   - progress: called with the count so far.
    /// - Returns: the IDs, and the counts of a scan; nil if the index was enough.
    package func deliveryIDs(
        matching filter: ReportFilter, watch: ScanWatch = ScanWatch(), progress: (Int) throws -> Void = { _ in }
    ) throws(ArchiveReadFailure) -> (ids: [DeliveryID], counts: ScanCounts?) {
        var ids: [DeliveryID] = []
        func tell() throws(ArchiveReadFailure) {
            guard ids.count.isMultiple(of: Self.numbersInPage) else { return }
            do {
                try progress(ids.count)
            } catch {
                throw .stopped(error)
            }
        }
        if filter.listsAttempts, filter.isUnconditional {
            try forEachIdentifier { id, _ in
                ids.append(id)
                try tell()
            }
            return (ids, nil)
        }
        let counts = try forEachReport(matching: filter, watch: watch) { report in
            // The reports of one delivery follow one another.
            guard ids.last != report.deliveryID else { return }
            ids.append(report.deliveryID)
            try tell()
        }
        ids.sort()
        var last: DeliveryID?
        ids.removeAll { id in
            defer { last = id }
            return id == last
        }
        return (ids, counts)
    }

    /// The number and the identifier of each delivery in the journal, oldest first; what is not whole is left out.
    package func forEachIdentifier(
        _ body: (DeliveryID, UUIDv7) throws -> Void
    ) throws(ArchiveReadFailure) {
        var last: Int64 = 0
        while true {
            let start = last
            let page = try read { db in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT entry.position, entry.uuid FROM entry JOIN origin ON origin.id = entry.originId
                            WHERE entry.position > ? AND origin.source IS NOT NULL
                            ORDER BY entry.position LIMIT \(Self.numbersInPage)
                            """),
                    arguments: [last]
                ).map { (try $0.decode(Int64.self, atIndex: 0), try $0.decode(Data?.self, atIndex: 1)) }
            }
            for (id, bytes) in page {
                // In a damaged file rows may be out of order; reading on from the last one must end.
                guard id > last else { continue }
                last = id
                guard let uuid = bytes.flatMap({ UUIDv7(bytes: Array($0)) }) else { continue }
                do {
                    try body(DeliveryID(rawValue: id), uuid)
                } catch {
                    throw .stopped(error)
                }
            }
            guard page.count == Self.numbersInPage, last > start else { return }
        }
    }
}
