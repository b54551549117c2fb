/// Records by identifier, the newest up to a limit: an imitation that is called for days does not grow without end.
package struct CertnRecords<Record: Sendable>: Sendable {
    private let limit: Int
    private var records: [String: Record] = [:]
    /// Identifiers from the oldest record to the newest.
    private var order: [String] = []

    package init(limit: Int = 100_000) {
        self.limit = max(1, limit)
    }

    package var count: Int { records.count }

    package subscript(id: String) -> Record? { records[id] }

    /// The records, the newest first.
    package var newestFirst: [Record] { order.reversed().compactMap { records[$0] } }

    /// Keeps a record, in the place of the one with this identifier. Beyond the limit the oldest tenth goes.
    package mutating func keep(_ record: Record, as id: String) {
        if records.updateValue(record, forKey: id) == nil { order.append(id) }
        guard order.count > limit else { return }
        let oldest = order.prefix(max(1, limit / 10))
        for id in oldest { records[id] = nil }
        order.removeFirst(oldest.count)
    }
}
