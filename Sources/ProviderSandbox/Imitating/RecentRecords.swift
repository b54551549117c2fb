/// A dictionary that forgets: beyond its limit the entry that came first goes, so that no number of calls fills the
/// memory.
package struct RecentRecords<Key: Hashable & Sendable, Record: Sendable>: Sendable {
    private let limit: Int
    private var records: [Key: Record] = [:]
    /// The keys as they came; those before `oldest` are gone.
    private var order: [Key] = []
    private var oldest = 0

    package init(limit: Int = 100_000) {
        self.limit = max(1, limit)
    }

    /// From the oldest to the newest.
    package var keys: ArraySlice<Key> { order[oldest...] }

    package var count: Int { records.count }

    /// The records, the newest first.
    package var newestFirst: [Record] { keys.reversed().compactMap { records[$0] } }

    package subscript(key: Key) -> Record? { records[key] }

    /// Puts a record in; one with the same key is replaced and keeps its age.
    package mutating func set(_ record: Record, for key: Key) {
        guard records.updateValue(record, forKey: key) == nil else { return }
        order.append(key)
        if order.count - oldest > limit {
            records[order[oldest]] = nil
            oldest += 1
        }
        if oldest > limit {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
