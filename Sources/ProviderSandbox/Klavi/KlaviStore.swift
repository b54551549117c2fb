/// Entries by name, of which only the newest stay: past the limit the oldest tenth goes.
struct KlaviStore<Value: Sendable>: Sendable {
    private let limit: Int
    private var entries: [String: Value] = [:]
    private var order: [String] = []

    init(limit: Int = 100_000) {
        self.limit = limit
    }

    /// Setting the entry of a name that is known leaves its age as it is.
    subscript(name: String) -> Value? {
        get { entries[name] }
        set {
            guard let newValue else {
                entries[name] = nil
                order.removeAll { $0 == name }
                return
            }
            if entries.updateValue(newValue, forKey: name) == nil { order.append(name) }
            if order.count > limit { removeOldest(max(1, limit / 10)) }
        }
    }

    /// Oldest first.
    var values: [Value] {
        order.compactMap { entries[$0] }
    }

    var count: Int { order.count }

    private mutating func removeOldest(_ count: Int) {
        for name in order.prefix(count) { entries[name] = nil }
        order.removeFirst(count)
    }
}
