import Deliveries
import Foundation
import StrictJSON

@testable import ProviderSandbox

/// A fake provider with a clock and a seed. Tests call the provider with one request after another.
final class Desk<Provider: FakeProvider> {
    static var baseURL: String { "http://127.0.0.1:9900" }

    var provider: Provider
    var now: Date
    var random = SeededRandom(seed: 7)
    /// All callbacks so far.
    var sent: [Callback] = []
    /// The headers to add to every call.
    var headers: [HeaderField] = []

    init(_ provider: Provider, now seconds: TimeInterval) {
        self.provider = provider
        now = Date(timeIntervalSince1970: seconds)
    }

    /// Makes a call. The status is 0 if the path belongs to another provider.
    func call(
        _ method: String, _ target: String, _ body: JSON? = nil, text: String = "", headers: [HeaderField] = []
    ) -> Response {
        let request = APIRequest(
            method: method, target: target, headers: self.headers + headers, body: body?.bytes ?? Array(text.utf8))
        return inWorld { $0.response(to: request, &$1) } ?? Response(status: 0)
    }

    func register(_ url: String, scheme: String? = nil) throws {
        try inWorld { try $0.register(Registration(url: url, scheme: scheme), &$1) }
    }

    func trigger(_ trigger: Trigger) throws {
        try inWorld { try $0.trigger(trigger, &$1) }
    }

    /// The message of a trigger that fails; nil if it succeeds.
    func failure(of trigger: Trigger) -> String? {
        do { try self.trigger(trigger) } catch { return (error as? SandboxFailure)?.message }
        return nil
    }

    func conclude(_ callback: Callback, _ outcome: CallbackOutcome) {
        inWorld { $0.conclude(callback, outcome, &$1) }
    }

    /// Returns the callbacks since the last call of this function.
    func takeSent() -> [Callback] {
        defer { sent = [] }
        return sent
    }

    var sentTypes: [String] { sent.map(\.type) }

    private func inWorld<Value>(_ act: (inout Provider, inout World) throws -> Value) rethrows -> Value {
        var world = World(now: now, baseURL: Self.baseURL, random: random)
        defer {
            random = world.random
            sent += world.outbox
        }
        return try act(&provider, &world)
    }
}

extension Response {
    var json: JSON { JSON(parsing: body) ?? .null }
    var text: String { String(decoding: body, as: UTF8.self) }
    var location: String? { headers.value(of: "Location") }
}

extension Callback {
    var body: [UInt8] { makeBody() }
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSON(parsing: body) ?? .null }
    /// The single event in an array that Klavi sends.
    var event: JSON { json.elements?.first ?? .null }

    func proof(of body: [UInt8], _ conditions: ProofConditions) -> [HeaderField] { makeProof(body, conditions) }
}

extension String {
    /// The target of a request to this URL.
    var target: String { String(dropFirst(Desk<FakeKlavi>.baseURL.count)) }
}

/// The decoded parts of a compact JWT.
struct ReadToken {
    let header: JSON
    let claims: JSON
    let signed: [UInt8]
    let signature: Data

    init?(_ text: String?) {
        let parts = (text ?? "").split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let decoded = parts.compactMap { Base64Text.decode($0.utf8) }
        guard decoded.count == 3, let header = JSON(parsing: decoded[0]), let claims = JSON(parsing: decoded[1]) else {
            return nil
        }
        self.header = header
        self.claims = claims
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        signature = Data(decoded[2])
    }
}
