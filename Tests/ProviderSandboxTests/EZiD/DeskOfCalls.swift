import Foundation

@testable import ProviderSandbox

/// An imitation with a clock and a seed, called one request after the other.
final class DeskOfCalls<Subject: Imitation> {
    var imitation: Subject
    /// 2026-11-21T10:00:00Z.
    var now = Date(timeIntervalSince1970: 1_795_255_200)
    var random = SeededRandom(seed: 7)
    /// Every callback so far.
    var sent: [Callback] = []
    /// Added to every call.
    var headers: [HeaderLine] = []

    static var baseURL: String { "http://127.0.0.1:9900" }

    init(_ imitation: Subject) {
        self.imitation = imitation
    }

    /// Nil where the path is not the imitation's.
    func call(_ method: String, _ target: String, _ body: [UInt8] = []) -> APIReply? {
        inWorld { imitation, world in
            imitation.answer(
                APIRequest(method: method, target: target, headers: headers, body: body), &world)
        }
    }

    /// The status and the JSON of a call with a JSON body; no status stands for no answer.
    func json(_ method: String, _ target: String, _ body: JSON? = nil) -> (status: Int?, json: JSON?) {
        let reply = call(method, target, body?.bytes ?? [])
        return (reply?.status, reply.flatMap { JSON(parsing: $0.body) })
    }

    func register(_ registration: Registration) throws(SandboxRefusal) {
        try inWorld { imitation, world throws(SandboxRefusal) in try imitation.register(registration, &world) }
    }

    func trigger(_ trigger: Trigger) throws(SandboxRefusal) {
        try inWorld { imitation, world throws(SandboxRefusal) in try imitation.trigger(trigger, &world) }
    }

    private func inWorld<Value, Problem: Error>(
        _ act: (inout Subject, inout World) throws(Problem) -> Value
    ) throws(Problem) -> Value {
        var world = World(now: now, baseURL: Self.baseURL, random: random)
        defer {
            random = world.random
            sent += world.outbox
        }
        return try act(&imitation, &world)
    }
}

extension APIReply {
    var bodyText: String { String(decoding: body, as: UTF8.self) }

    var bodyJSON: JSON? { JSON(parsing: body) }
}

/// The parts of a compact JWT.
struct ReadToken {
    let header: JSON
    let claims: JSON
    /// Names of the claims as they stand in the token.
    let claimNames: [String]
    let signed: [UInt8]
    let signature: Data

    init?(_ text: String?) {
        let parts = (text ?? "").split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].contains("="), let header = Self.bytes(parts[0]),
            let claims = Self.bytes(parts[1]), let signature = Self.bytes(parts[2]),
            let headerJSON = JSON(parsing: Array(header)), let claimsJSON = JSON(parsing: Array(claims))
        else { return nil }
        self.header = headerJSON
        self.claims = claimsJSON
        let claimsText = String(decoding: claims, as: UTF8.self)
        claimNames = (claimsJSON.members ?? []).map(\.name).sorted {
            let first = claimsText.range(of: "\"\($0)\":")?.lowerBound ?? claimsText.endIndex
            let second = claimsText.range(of: "\"\($1)\":")?.lowerBound ?? claimsText.endIndex
            return first < second
        }
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    private static func bytes(_ part: String) -> Data? {
        var text = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: text)
    }
}
