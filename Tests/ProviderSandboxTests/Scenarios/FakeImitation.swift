import Foundation

@testable import ProviderSandbox

/// A provider that hands out a token, wants it back, and delivers what it is triggered with.
struct FakeImitation: Imitation {
    static let name = "fake"

    private var url: String?
    private var delivered = 0

    mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        guard request.path.first == "fake" else { return nil }
        if request.matches("POST", "/fake/token") {
            return .json(200, ["data": [["token": "t-1", "count": 7, "ok": true, "none": nil]]])
        }
        if request.matches("POST", "/fake/echo/*") {
            return .json(
                201,
                [
                    "path": .string(request.path[2]), "auth": .optional(request.authorization("Bearer")),
                    "body": request.object ?? nil, "delivered": .integer(delivered),
                ])
        }
        return .json(422, ["error": "no such thing"])
    }

    mutating func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal) {
        guard registration.scheme != "bad" else { throw SandboxRefusal("there is no scheme 'bad'") }
        url = registration.url
    }

    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {
        guard let url = trigger.url ?? url else { throw SandboxRefusal("nobody said where to deliver") }
        let body = JSON.object([
            .init("kind", .string(trigger.kind)), .init("reference", .optional(trigger.reference)),
            .init("externalInfo", .object(trigger.externalInfo)),
            .init("byteCount", trigger.byteCount.map { .integer($0) } ?? .null),
            .init("id", .string(world.random.uuid())),
        ]).bytes
        world.send(
            Callback(
                provider: Self.name, kind: trigger.kind, url: url, group: "fake",
                policy: RetryPolicy(waits: [5]) { $0 < 500 }, reference: trigger.reference, makeBody: { body },
                makeProof: { _, _ in [] }))
    }

    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World) {
        if case .delivered = outcome { delivered += 1 }
    }
}

extension Sandbox {
    static func fake(seed: UInt64 = 1) -> Sandbox {
        Sandbox(baseURL: "http://127.0.0.1:9", seed: seed, imitations: [FakeImitation()])
    }
}
