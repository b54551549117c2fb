internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The API of one provider as a value. Calls change its state. It does no I/O and has no clock, so tests need no
/// server.
protocol FakeProvider: Sendable {
    static var name: String { get }

    /// Responds to a call, or throws a `Rejection`. Nil if the path belongs to another provider.
    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response?

    /// Sets the callback URL, as in the provider's console. Replaces the previous URL.
    mutating func register(_ registration: Registration, _ world: inout World) throws

    /// Sends a delivery immediately, without the steps that usually cause it.
    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws

    /// Handles the outcome of a callback, if the provider uses outcomes.
    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World)
}

extension FakeProvider {
    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World) {}

    mutating func response(to request: APIRequest, _ world: inout World) -> Response? {
        do {
            return try respond(to: request, &world)
        } catch let rejection as Rejection {
            return rejection.response
        } catch {
            return .json(500, ["error": "the sandbox failed: \(error)"])
        }
    }

    func destination(_ trigger: Trigger, registered: String?) throws -> String {
        guard let url = trigger.url ?? registered else {
            throw SandboxFailure(
                "\(Self.name) has no callback URL; register one (callbox-sandbox register \(Self.name) …) or use --to")
        }
        guard WebAddress.isHTTP(url) else { throw SandboxFailure("'\(url)' is not an http or https URL") }
        return url
    }

    /// Fails for a type that the provider does not deliver. Also fails for a size, because only Klavi's reports can be
    /// enlarged.
    func require(_ trigger: Trigger, _ types: [String]) throws {
        guard types.contains(trigger.type) else {
            let types = types.joined(separator: ", ")
            throw SandboxFailure("\(Self.name) does not deliver '\(trigger.type)'; it delivers \(types)")
        }
        if trigger.byteCount != nil {
            throw SandboxFailure("\(Self.name).\(trigger.type) cannot have another size; omit the size")
        }
    }

    func rejectScheme(_ registration: Registration) throws {
        if registration.scheme != nil {
            throw SandboxFailure("\(Self.name) has only one scheme; omit the scheme")
        }
    }
}

/// The values that a user enters in a provider's console to set a callback URL.
struct Registration: Sendable, Equatable {
    var url: String
    /// `bearer`, `hmac` or `basic`. Only Certificall has this choice.
    var scheme: String?
}

/// A delivery that a command or a step requests.
struct Trigger: Sendable, Equatable {
    /// The provider's name of the type: `pf_checking_account`, `CASE_REPORT_READY`, `applicant`, `certificate`,
    /// `redirect`.
    var type: String
    var externalInfo: [JSON.Member] = []
    /// The link, case, applicant or reportToken of the delivery; nil to invent a new value.
    var reference: String?
    var url: String?
    var byteCount: Int?

    /// The externalInfo as one text, such as `order=7;batch=b`. Used by providers that return only one tag.
    var tag: String? {
        guard !externalInfo.isEmpty else { return nil }
        return externalInfo.map { "\($0.name)=\($0.value.string ?? $0.value.compact)" }.joined(separator: ";")
    }
}

/// The state that all fakes share during one call: time, randomness, the sandbox's address and the outbox.
struct World: Sendable {
    /// The sandbox's time: the time of the machine, plus the time by which the clock was advanced.
    let now: Date
    let baseURL: String
    var random: SeededRandom
    private(set) var outbox: [Callback] = []

    var secondsSinceEpoch: Int64 { Int64(now.timeIntervalSince1970) }

    mutating func send(_ callback: Callback) {
        outbox.append(callback)
    }
}

extension Date {
    /// The time in ISO 8601 with milliseconds, such as `2026-11-21T10:00:00.000Z`.
    var milliseconds: String { formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    /// The time in ISO 8601 with seconds, such as `2026-11-21T10:00:00Z`.
    var seconds: String { formatted(Date.ISO8601FormatStyle()) }
    /// The day in UTC, such as `2026-11-21`.
    var day: String { String(seconds.prefix(10)) }
}
