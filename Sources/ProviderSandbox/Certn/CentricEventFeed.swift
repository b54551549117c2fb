internal import Foundation

/// Everything that happened, in its order, for customers that missed a notification (`GET /events/`).
struct CentricEventFeed: Sendable {
    private let limit: Int
    /// By time; what happens at the same time in the order of its addition.
    private var events: [CentricEvent] = []

    init(limit: Int = 100_000) {
        self.limit = max(1, limit)
    }

    mutating func add(_ event: CentricEvent) {
        var index = events.endIndex
        while index > events.startIndex, events[index - 1].at > event.at { index -= 1 }
        events.insert(event, at: index)
        if events.count > limit { events.removeFirst(max(1, limit / 10)) }
    }

    /// What happened until now, after the event with this identifier; nil where there is no such event (any more).
    func events(after id: String?, until now: Date) -> [CentricEvent]? {
        let past = events.prefix { $0.at <= now }
        guard let id, !id.isEmpty else { return Array(past) }
        guard let index = past.lastIndex(where: { $0.id == id.lowercased() }) else { return nil }
        return Array(past[(index + 1)...])
    }
}
