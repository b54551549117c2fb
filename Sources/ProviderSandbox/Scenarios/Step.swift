internal import Deliveries
internal import Foundation
internal import StrictJSON

/// One action in a sandbox: a step of a scenario (scenarios/README.md), or the body of `POST /_sandbox/steps`. One key
/// names the action; the other keys are its arguments.
enum Step: Sendable, Equatable {
    case trigger(provider: String, Trigger, count: Int)
    case register(provider: String, Registration)
    case fault(FaultRule)
    case clearFaults
    case advance(TimeInterval)
    case idle
    case call(Call)
    case expect(Expectation)

    static let triggerCountLimit = 100_000

    init(_ json: JSON) throws {
        var fields = try StepFields(json)
        if let name = try fields.text("trigger") {
            self = try Self.trigger(name, &fields)
        } else if let provider = try fields.text("register") {
            let url = try fields.text("to") ?? ""
            self = .register(provider: provider, Registration(url: url, scheme: try fields.text("scheme")))
        } else if let text = try fields.text("fault") {
            guard let fault = Fault(text) else { throw SandboxFailure("'fault' must be \(Fault.spellings)") }
            let pattern = try fields.text("on") ?? "*"
            self = .fault(FaultRule(pattern: pattern, fault: fault, count: try fields.number("count", from: 1)))
        } else if fields.take("clear-faults") != nil {
            self = .clearFaults
        } else if let text = try fields.text("advance") {
            guard let seconds = Quantity.seconds(text) else {
                throw SandboxFailure("'advance' must be a duration such as 30m")
            }
            self = .advance(seconds)
        } else if fields.take("idle") != nil {
            self = .idle
        } else if let text = try fields.text("call") {
            self = .call(try Call(text, &fields))
        } else if let expected = fields.take("expect") {
            var inner = try StepFields(expected)
            self = .expect(try Expectation(&inner))
            try inner.rejectRest()
        } else {
            throw SandboxFailure(
                "a step must have the key trigger, register, fault, clear-faults, advance, idle, call or expect")
        }
        try fields.rejectRest()
    }

    private static func trigger(_ name: String, _ fields: inout StepFields) throws -> Step {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw SandboxFailure("'trigger' must be a provider and a type, such as klavi.pf_checking_account")
        }
        var trigger = Trigger(type: parts[1])
        trigger.reference = try fields.text("reference")
        trigger.url = try fields.text("to")
        if let size = try fields.text("size") {
            guard let byteCount = Quantity.byteCount(size) else {
                throw SandboxFailure("'size' must be a size such as 8MB, up to 1GB")
            }
            trigger.byteCount = byteCount
        }
        if let external = fields.take("external") {
            guard let members = external.members else { throw SandboxFailure("'external' must be a mapping") }
            trigger.externalInfo = members
        }
        let count = try fields.number("count", from: 1) ?? 1
        guard count <= triggerCountLimit else { throw SandboxFailure("'count' must be at most \(triggerCountLimit)") }
        return .trigger(provider: parts[0], trigger, count: count)
    }

    /// A call to a fake API, or a form that a user submits.
    struct Call: Sendable, Equatable {
        let method: String
        let target: String
        let headers: [HeaderField]
        let body: [UInt8]
        /// The expected status; nil to accept any status below 400.
        let status: Int?
        /// Names for later steps, and the members of the response that contain their values: `token: accessToken`,
        /// `first: 0.id`.
        let saved: [String: String]

        fileprivate init(_ text: String, _ fields: inout StepFields) throws {
            let words = text.split(separator: " ").map(String.init)
            guard words.count == 2, words[1].hasPrefix("/") else {
                throw SandboxFailure("'call' must be a method and a path, such as POST /data/v1/auth")
            }
            (method, target) = (words[0], words[1])
            let (json, form) = (fields.take("json"), try fields.texts("form"))
            guard json == nil || form.isEmpty else { throw SandboxFailure("'json' and 'form' cannot be combined") }
            let encodedForm = form.map { "\(WebAddress.encode($0))=\(WebAddress.encode($1))" }.joined(separator: "&")
            body = json?.bytes ?? Array(encodedForm.utf8)
            status = try fields.number("status")
            headers = try fields.texts("headers").map { HeaderField($0, $1) }
            saved = Dictionary(try fields.texts("save")) { $1 }
        }
    }

    /// The attempts that are expected since the last `expect`.
    struct Expectation: Sendable, Equatable {
        let attempts: Int?
        let delivered: Int?
        /// The statuses in order; 0 means no response.
        let statuses: [Int]?

        fileprivate init(_ fields: inout StepFields) throws {
            attempts = try fields.number("attempts")
            delivered = try fields.number("delivered")
            statuses = try fields.take("statuses").map { list in
                let numbers = list.elements?.compactMap(\.integer)
                guard let numbers, numbers.count == list.elements?.count else {
                    throw SandboxFailure("'statuses' must be a list of numbers")
                }
                return numbers
            }
        }

        func check(_ entries: [JSON]) throws {
            let found = entries.map { $0["status"]?.integer ?? 0 }
            let deliveredCount = entries.count(where: DeliveryLedger.isDelivered)
            if let attempts, attempts != entries.count {
                throw SandboxFailure("\(entries.count) attempts were made, not \(attempts)")
            }
            if let delivered, delivered != deliveredCount {
                throw SandboxFailure("\(deliveredCount) attempts have a 2xx response, not \(delivered)")
            }
            if let statuses, statuses != found { throw SandboxFailure("the responses were \(found), not \(statuses)") }
        }
    }
}

/// The keys of a step that were not read yet.
private struct StepFields {
    private var members: [JSON.Member]

    init(_ json: JSON) throws {
        guard let members = json.members else { throw SandboxFailure("it must be a mapping such as 'advance: 30m'") }
        self.members = members
    }

    mutating func take(_ name: String) -> JSON? {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
        return members.remove(at: index).value
    }

    mutating func text(_ name: String) throws -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.scalar, !text.isEmpty else { throw SandboxFailure("'\(name)' must be text") }
        return text
    }

    mutating func number(_ name: String, from least: Int = 0) throws -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.integer, number >= least else {
            throw SandboxFailure("'\(name)' must be a whole number, \(least) or more")
        }
        return number
    }

    /// The texts of a mapping, in order. If a value is a list, its name is repeated for each element.
    mutating func texts(_ name: String) throws -> [(String, String)] {
        guard let value = take(name) else { return [] }
        return try (value.members ?? [JSON.Member(name, .null)]).flatMap { member in
            try (member.value.elements ?? [member.value]).map { element in
                guard let text = element.scalar else {
                    throw SandboxFailure("'\(name)' must be a mapping with text values")
                }
                return (member.name, text)
            }
        }
    }

    func rejectRest() throws {
        if let name = members.first?.name { throw SandboxFailure("'\(name)' is not a key of this step") }
    }
}
