internal import Foundation

/// The customer's URL at Centric, which takes part only after it has echoed a challenge (PROVIDERS.md 2B.1).
struct CentricEndpoint: Sendable {
    enum State: Sendable, Equatable {
        case pending
        case enabled
        case disabled
    }

    /// Notifications kept while the challenge is under way.
    static let keptLimit = 100_000

    let url: String
    let challenge: String
    let challengeURL: String
    private(set) var state = State.pending
    private var kept: [CentricEvent] = []

    init(url: String, _ world: inout World) {
        self.url = url
        challenge = world.random.token(43)
        challengeURL = Self.joined(url, "challenge=\(challenge)")
    }

    /// Sends what happens or is going to; keeps it while the challenge is under way, forgets it where that failed.
    mutating func deliver(_ events: [CentricEvent], _ world: inout World) {
        switch state {
        case .enabled: Self.send(events, to: url, &world)
        case .pending: kept += events.prefix(max(0, Self.keptLimit - kept.count))
        case .disabled: break
        }
    }

    /// Takes the end of the challenge; anything but a 2xx with exactly its value disables the endpoint.
    mutating func conclude(_ outcome: CallbackOutcome, _ world: inout World) {
        guard state == .pending else { return }
        if case .delivered(_, let body) = outcome, body == Array(challenge.utf8) {
            state = .enabled
            Self.send(kept, to: url, &world)
        } else {
            state = .disabled
        }
        kept = []
    }

    /// The notifications of a case wait for each other, so each delay counts from the one before.
    static func send(_ events: [CentricEvent], to url: String, _ world: inout World) {
        var previous: [String: Date] = [:]
        for event in events {
            let start = previous[event.caseID] ?? world.now
            let due = max(start, event.at)
            previous[event.caseID] = due
            world.send(CentricWebhook.callback(event, url: url, delay: due.timeIntervalSince(start)))
        }
    }

    /// The URL with one more query item; a fragment stays behind, as it does in every request.
    private static func joined(_ url: String, _ item: String) -> String {
        let target = url.prefix { $0 != "#" }
        guard let mark = target.firstIndex(of: "?") else { return "\(target)?\(item)" }
        let query = target[target.index(after: mark)...]
        return query.isEmpty || query.hasSuffix("&") ? "\(target)\(item)" : "\(target)&\(item)"
    }
}
