internal import Foundation

/// A dictionary that keeps only its newest entries, to limit the memory.
struct RecentRecords<Key: Hashable & Sendable, Record: Sendable>: Sendable {
    private let limit: Int
    private var records: [Key: Record] = [:]
    /// The keys in the order they were added. Only the last keys still have a record.
    private var order: [Key] = []

    init(limit: Int = 100_000) {
        self.limit = limit
    }

    var keys: ArraySlice<Key> { order.suffix(limit) }
    var values: [Record] { keys.compactMap { records[$0] } }

    subscript(key: Key) -> Record? { records[key] }

    /// Adds a record. A record that replaces another one keeps that record's place in the order of removal.
    mutating func set(_ key: Key, _ record: Record) {
        guard records.updateValue(record, forKey: key) == nil else { return }
        order.append(key)
        if order.count > limit { records[order[order.count - limit - 1]] = nil }
        if order.count > 2 * limit { order.removeFirst(limit) }
    }
}

/// The access tokens that an API has issued, with their expiry times.
struct AccessTokens: Sendable {
    enum Check: Equatable {
        case valid, missing, unknown, expired
    }

    private var ends = RecentRecords<String, Date>()

    mutating func add(_ token: String, until end: Date) {
        ends.set(token, end)
    }

    func check(_ request: APIRequest, now: Date) -> Check {
        guard let token = request.authorization("Bearer") else { return .missing }
        guard let end = ends[token] else { return .unknown }
        return now < end ? .valid : .expired
    }
}
