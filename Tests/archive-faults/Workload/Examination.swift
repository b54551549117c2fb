import Deliveries
import Journal
import ReportIndex

/// Opens an archive after the faults and checks its guarantees.
struct Examination {
    let workload: Workload

    /// The delivery that is committed after the archive was reopened.
    private static let lastDelivery = TestDelivery(1_000_000, byteCount: 3000)

    /// The violated guarantees.
    ///
    /// - Parameter durable: the positions that must exist, by the number of a delivery or record.
    func violations(at directory: ArchiveDirectory, durable: [Int: DeliveryID]) -> [String] {
        var durable = durable
        do {
            let ledger = Ledger()
            let session = try Session(directory, ledger)
            session.deliver([Self.lastDelivery])
            session.index()
            session.close()
            durable.merge(ledger.durable) { old, _ in old }
            return ledger.violations + (try read(directory, durable)) + (try rebuild(directory))
        } catch {
            return ["the archive does not open or read: \(error)"]
        }
    }

    private func read(_ directory: ArchiveDirectory, _ durable: [Int: DeliveryID]) throws -> [String] {
        let reader = try JournalReader(directory.journal)
        defer { reader.close() }
        var violations = try reader.verify().findings.map { "archive verify: \($0)" }
        var found: [Int: DeliveryID] = [:]
        for position in 1...(try reader.end()?.position ?? 1) {
            guard let entry = try reader.entry(position) else {
                violations.append("position \(position) is empty")
                continue
            }
            guard let number = try number(of: entry) else {
                violations.append("position \(position) has an entry that was not sent")
                continue
            }
            if found.updateValue(entry.id, forKey: number) != nil {
                violations.append("entry \(number) is there twice")
            }
        }
        for (number, id) in durable.sorted(by: { $0.key < $1.key }) where found[number] != id {
            let place = found[number].map { "at \($0)" } ?? "lost"
            violations.append("entry \(number) was acknowledged at \(id) and is \(place)")
        }
        return violations
    }

    /// The number of an entry's delivery or record; nil if the entry differs from the entry that was sent.
    private func number(of entry: EntryRow) throws -> Int? {
        guard entry.isDelivery else { return TestRecord(try entry.record())?.number }
        let archived = try entry.delivery()
        let sent = archived.uuid == Self.lastDelivery.uuid ? Self.lastDelivery : workload.deliveries[archived.uuid]
        guard let sent, sent.equals(archived) else { return nil }
        return sent.number
    }

    /// Compares the rows of the index with the rows of a rebuilt index.
    private func rebuild(_ directory: ArchiveDirectory) throws -> [String] {
        let contents = IndexContents(directory.indexPath)
        let indexer = try Indexer(directory, parser: .ofTestDeliveries)
        try indexer.reindex()
        indexer.close()
        guard let rebuilt = IndexContents(directory.indexPath), !rebuilt.rows.isEmpty else {
            return ["the rebuilt index cannot be read"]
        }
        guard contents != rebuilt else { return [] }
        let found = Set(contents?.rows ?? [])
        let difference = found.symmetricDifference(rebuilt.rows).min() ?? "the order of rows"
        return ["the index differs from one that is rebuilt, first in: \(difference)"]
    }
}
