package import Foundation
internal import Yams

/// One step of a scenario: a single key says what it is.
///
/// | key | does |
/// |---|---|
/// | `trigger: klavi.pf_checking_account` | delivers; beside it `external`, `size`, `count`, `reference`, `to` |
/// | `fault: duplicate` | lets deliveries go wrong; beside it `on` (a pattern) and `count` |
/// | `clear-faults:` | ends that |
/// | `advance: 30m` | puts the clock forward |
/// | `idle:` | waits until every delivery is through |
/// | `call: POST /data/v1/auth` | calls an API; beside it `json`, `headers`, `status`, `save: {name: member.path}` |
/// | `call: POST /conecte` | does what a user does on a page; beside it `form: {name: value, name: [value, value]}` |
/// | `expect:` | compares the attempts since the last one: `attempts`, `delivered`, `statuses` |
package enum ScenarioStep: Sendable, Equatable {
    case trigger(provider: String, Trigger, count: Int)
    case fault(FaultRule)
    case clearFaults
    case advance(TimeInterval)
    case idle
    case call(ScenarioCall)
    case expect(ScenarioExpectation)

    init(_ node: Node) throws(ScenarioProblem) {
        guard let mapping = node.mapping else { throw ScenarioProblem("it has to be a mapping such as 'advance: 30m'") }
        var fields = try StepFields(mapping)
        if let name = try fields.text("trigger") {
            self = try Self.trigger(name, &fields)
        } else if let text = try fields.text("fault") {
            guard let fault = Fault(text) else { throw ScenarioProblem("'fault' has to be \(Fault.spellings)") }
            self = .fault(
                FaultRule(
                    pattern: try fields.text("on") ?? "*", fault: fault,
                    count: try fields.number("count", from: 1)))
        } else if fields.node("clear-faults") != nil {
            self = .clearFaults
        } else if let text = try fields.text("advance") {
            guard let seconds = SandboxQuantity.seconds(text) else {
                throw ScenarioProblem("'advance' has to be a time such as 30m")
            }
            self = .advance(seconds)
        } else if fields.node("idle") != nil {
            self = .idle
        } else if let text = try fields.text("call") {
            self = .call(try ScenarioCall(text, &fields))
        } else if let node = fields.node("expect") {
            guard let mapping = node.mapping else { throw ScenarioProblem("'expect' has to be a mapping") }
            var inner = try StepFields(mapping)
            self = .expect(try ScenarioExpectation(&inner))
            try inner.refuseRest()
        } else {
            throw ScenarioProblem(
                "it does nothing; a step is a trigger, fault, clear-faults, advance, idle, call or expect")
        }
        try fields.refuseRest()
    }

    private static func trigger(_ name: String, _ fields: inout StepFields) throws(ScenarioProblem) -> ScenarioStep {
        guard let (provider, kind) = Trigger.split(name) else {
            throw ScenarioProblem("'trigger' has to be a provider and a kind, such as klavi.pf_checking_account")
        }
        var trigger = Trigger(kind: kind)
        trigger.reference = try fields.text("reference")
        trigger.url = try fields.text("to")
        if let size = try fields.text("size") {
            guard let byteCount = SandboxQuantity.byteCount(size) else {
                throw ScenarioProblem("'size' has to be a size such as 8MB")
            }
            trigger.byteCount = byteCount
        }
        if let external = fields.node("external") {
            guard case .object(let members)? = JSON(yaml: external) else {
                throw ScenarioProblem("'external' has to be a mapping")
            }
            trigger.externalInfo = members
        }
        let count = try fields.number("count", from: 1) ?? 1
        guard count <= ControlAPI.triggerCountLimit else {
            throw ScenarioProblem("'count' has to be at most \(ControlAPI.triggerCountLimit)")
        }
        return .trigger(provider: provider, trigger, count: count)
    }
}

extension Trigger {
    /// `klavi.pf_checking_account` into its provider and kind.
    static func split(_ name: String) -> (provider: String, kind: String)? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}

/// What the attempts since the last `expect` have to be.
package struct ScenarioExpectation: Sendable, Equatable {
    package let attempts: Int?
    /// Attempts that were answered with 2xx.
    package let delivered: Int?
    /// The answers' statuses in their order; 0 for none.
    package let statuses: [Int]?

    init(_ fields: inout StepFields) throws(ScenarioProblem) {
        attempts = try fields.number("attempts")
        delivered = try fields.number("delivered")
        if let node = fields.node("statuses") {
            let numbers = node.sequence?.map { $0.string.flatMap { Int($0) } } ?? [nil]
            guard !numbers.contains(nil) else { throw ScenarioProblem("'statuses' has to be a list of numbers") }
            statuses = numbers.compactMap { $0 }
        } else {
            statuses = nil
        }
    }
}
