internal import Deliveries
internal import Foundation
internal import StrictJSON

/// A notification that contains only identifiers and the names of the event and object types, but no status.
struct CentricEvent: Sendable {
    static let types = [
        "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_REPORT_READY", "CASE_INPUT_CLAIMS_AUTOMATICALLY_GENERATED",
    ]

    let type: String
    let caseID: String
    let at: Date
    let body: [UInt8]

    init(_ type: String, _ caseID: String, at: Date, _ world: inout World) {
        (self.type, self.caseID, self.at) = (type, caseID, at)
        let json: JSON = [
            "id": "\(world.random.uuid())", "event_type": "\(type)", "object_id": "\(caseID)", "object_type": "CASE",
        ]
        body = json.bytes
    }

    /// Sends the notifications of a case one after another. Each delay starts when the previous notification is sent.
    static func send(_ events: [CentricEvent], to url: String, _ world: inout World) {
        var previous: [String: Date] = [:]
        for event in events {
            let start = previous[event.caseID] ?? world.now
            let due = max(start, event.at)
            previous[event.caseID] = due
            world.send(
                Callback(
                    provider: FakeCertnCentric.name, type: event.type, url: url, group: event.caseID,
                    delay: due.timeIntervalSince(start), policy: .undocumented(waits: [1, 2]),
                    reference: event.caseID, makeBody: { event.body }
                ) { body, conditions in
                    let secret = conditions.secret(SandboxAccount.centricWebhookSecret)
                    return [HeaderField(Signature.centricHeader, Signature.hex(body, secret))]
                })
        }
    }
}

/// The registered URL. The URL gets deliveries only after it has echoed a challenge.
struct CentricEndpoint: Sendable {
    private enum State {
        case pending, enabled, disabled
    }

    private static let keptLimit = 100_000

    private let url: String
    private let challenge: String
    private var state = State.pending
    private var kept: [CentricEvent] = []

    var challengeURL: String { WebAddress.adding([("challenge", challenge)], to: url) }

    init(url: String, _ world: inout World) {
        self.url = url
        challenge = world.random.token(43)
        world.send(
            Callback(
                provider: FakeCertnCentric.name, type: "challenge", method: "GET", url: challengeURL, group: url,
                policy: RetryPolicy { _ in true }, makeBody: { [] }, makeProof: { _, _ in [] }))
    }

    mutating func deliver(_ events: [CentricEvent], _ world: inout World) {
        switch state {
        case .enabled: CentricEvent.send(events, to: url, &world)
        case .pending: kept += events.prefix(Self.keptLimit - kept.count)
        case .disabled: break
        }
    }

    /// Handles the outcome of a challenge. Any response except a 2xx with exactly the challenge disables the endpoint.
    mutating func conclude(_ outcome: CallbackOutcome, _ world: inout World) {
        guard state == .pending else { return }
        state = .disabled
        if case .delivered(_, let body) = outcome, body == Array(challenge.utf8) {
            state = .enabled
            CentricEvent.send(kept, to: url, &world)
        }
        kept = []
    }

    func enabledURL() throws -> String {
        switch state {
        case .enabled: return url
        case .pending:
            throw SandboxFailure("the endpoint \(url) is disabled: the challenge is pending; wait, or use --to")
        case .disabled:
            throw SandboxFailure(
                "the endpoint \(url) is disabled: the challenge failed; GET \(url)?challenge=… must return a 2xx "
                    + "with only the challenge value; then register the endpoint again")
        }
    }
}
