internal import Deliveries
internal import Foundation
internal import StrictJSON
internal import TerminalOutput
internal import Yams

/// A sequence of steps in a YAML file.
struct Scenario: Sendable, Equatable {
    let seed: UInt64
    /// The checked steps, in which `${name}` is not replaced yet.
    let steps: [JSON]

    static let byteCountLimit = 1 << 20

    static func read(_ path: String) throws -> Scenario {
        let bytes = try SampleFolder.read(path, byteCountLimit: byteCountLimit)
        do {
            return try Scenario(parsing: String(decoding: bytes, as: UTF8.self))
        } catch let problem as SandboxFailure {
            throw SandboxFailure("\(path) is not a scenario: \(problem.message)", .missingInput)
        }
    }

    init(parsing text: String) throws {
        guard let node = try? Yams.compose(yaml: text) else { throw SandboxFailure("it is not valid YAML") }
        let root = JSON(node)
        guard let members = root.members else { throw SandboxFailure("it must be a mapping with 'steps'") }
        if let name = members.first(where: { !["title", "seed", "steps"].contains($0.name) })?.name {
            throw SandboxFailure("'\(name)' is not a key of a scenario; use title, seed and steps")
        }
        guard let seed = UInt64(root["seed"]?.scalar ?? "1") else {
            throw SandboxFailure("'seed' must be a whole number")
        }
        guard let steps = root["steps"]?.elements, !steps.isEmpty else {
            throw SandboxFailure("'steps' must be a list of steps")
        }
        for (index, step) in steps.enumerated() {
            do { _ = try Step(step) } catch let problem as SandboxFailure {
                throw SandboxFailure("step \(index + 1): \(problem.message)")
            }
        }
        self.seed = seed
        self.steps = steps
    }
}

extension JSON {
    /// Reads a scalar without quotes as a Boolean, null or JSON number if it is one. Any other scalar, such as `007`,
    /// is a string.
    fileprivate init(_ node: Node) {
        switch node {
        case .mapping(let mapping):
            self = .object(mapping.map { Member($0.key.string ?? "", JSON($0.value)) })
        case .sequence(let sequence): self = .array(sequence.map { JSON($0) })
        case .scalar(let scalar) where scalar.style == .plain || scalar.style == .any:
            switch scalar.string {
            case "true", "false": self = .boolean(scalar.string == "true")
            case _ where node.null != nil: self = .null
            case let text where text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil:
                self = .number(spelled: text)
            default: self = .string(scalar.string)
            }
        default: self = .string(node.string ?? "")
        }
    }

    /// The value with `${name}` replaced by saved values.
    fileprivate func filled(with saved: [String: String]) -> JSON {
        switch self {
        case .string(let text) where text.contains("${"):
            .string(saved.reduce(text) { $0.replacing("${\($1.key)}", with: $1.value) })
        case .array(let elements): .array(elements.map { $0.filled(with: saved) })
        case .object(let members): .object(members.map { Member($0.name, $0.value.filled(with: saved)) })
        default: self
        }
    }

    fileprivate func value(at path: String) -> JSON? {
        path.split(separator: ".").reduce(Optional(self)) { value, name in
            guard let elements = value?.elements, let index = Int(name) else { return value?[String(name)] }
            return elements.indices.contains(index) ? elements[index] : .none
        }
    }
}

/// Runs steps in a sandbox. Keeps the saved values and the number of the last compared attempt.
struct StepRunner: Sendable {
    let sandbox: Sandbox
    private var saved: [String: String] = [:]
    private var lastEntry = 0

    init(_ sandbox: Sandbox) {
        self.sandbox = sandbox
    }

    /// Runs all steps. Reports a failed step on the console and continues with the next step.
    ///
    /// - Returns: whether all steps succeeded.
    mutating func run(_ scenario: Scenario, on console: Console) async throws -> Bool {
        var isAsExpected = true
        for (index, json) in scenario.steps.enumerated() {
            do {
                try await run(Step(json.filled(with: saved)))
            } catch let failure as SandboxFailure {
                console.note("step \(index + 1): \(failure.message)")
                isAsExpected = false
            }
        }
        await sandbox.dispatcher.idle()
        return isAsExpected
    }

    mutating func run(_ step: Step) async throws {
        switch step {
        case .trigger(let provider, let trigger, let count):
            try await sandbox.trigger(trigger, at: provider, count: count)
        case .register(let provider, let registration): try await sandbox.register(registration, at: provider)
        case .fault(let rule): await sandbox.dispatcher.add(rule)
        case .clearFaults: await sandbox.dispatcher.clearFaults()
        case .advance(let seconds): sandbox.clock.advance(by: seconds)
        case .idle: await sandbox.dispatcher.idle()
        case .call(let call): try await self.call(call)
        case .expect(let expectation):
            let entries = sandbox.ledger.entries(after: lastEntry)
            lastEntry = entries.last?["number"]?.integer ?? lastEntry
            try expectation.check(entries)
        }
    }

    private mutating func call(_ call: Step.Call) async throws {
        let response = await sandbox.response(
            to: APIRequest(method: call.method, target: call.target, headers: call.headers, body: call.body))
        guard call.status.map({ $0 == response.status }) ?? (response.status < 400) else {
            let expected = call.status.map { ", not \($0)" } ?? ""
            let body = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw SandboxFailure("\(call.method) \(call.target) responded with \(response.status)\(expected): \(body)")
        }
        let json = JSON(parsing: response.body)
        for (name, path) in call.saved {
            guard let value = json?.value(at: path)?.scalar else {
                throw SandboxFailure("\(call.method) \(call.target): the response has no '\(path)' to save")
            }
            saved[name] = value
        }
    }
}
