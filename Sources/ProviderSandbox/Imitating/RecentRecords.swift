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

    package var count: Int { records.count }

    /// From the oldest to the newest.
    package var keys: ArraySlice<Key> { order[oldest...] }

    /// The records, the oldest first.
    package var values: [Record] { keys.compactMap { records[$0] } }

    /// A record that takes the place of another with its key keeps its age. Taking one out looks through all keys.
    package subscript(key: Key) -> Record? {
        get { records[key] }
        set {
            guard let newValue else {
                if records.removeValue(forKey: key) != nil {
                    order = order[oldest...].filter { $0 != key }
                    oldest = 0
                }
                return
            }
            if records.updateValue(newValue, forKey: key) == nil { append(key) }
        }
    }

    private mutating func append(_ key: Key) {
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
