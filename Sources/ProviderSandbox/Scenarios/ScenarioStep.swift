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

/// A call to an imitated API within a scenario. `${name}` in it stands for what an earlier call saved.
package struct ScenarioCall: Sendable, Equatable {
    package let method: String
    package let path: String
    package let headers: [HeaderLine]
    package let body: JSON?
    /// The fields of a page's form, which are the body instead; nil where there is none.
    package let form: [APIRequest.QueryItem]?
    /// The status that the answer has to have; any below 400 where this is nil.
    package let status: Int?
    /// Names, and the members of the answer they stand for: `token: accessToken`, `first: 0.id`.
    package let saved: [String: String]

    init(_ text: String, _ fields: inout StepFields) throws(ScenarioProblem) {
        let words = text.split(separator: " ")
        guard words.count == 2, words[1].hasPrefix("/") else {
            throw ScenarioProblem("'call' has to be a method and a path, such as POST /data/v1/auth")
        }
        method = String(words[0])
        path = String(words[1])
        body = fields.node("json").map { JSON(yaml: $0) ?? .null }
        form = try fields.node("form").map { node throws(ScenarioProblem) in try Self.form(node) }
        guard body == nil || form == nil else { throw ScenarioProblem("'json' and 'form' exclude each other") }
        status = try fields.number("status")
        headers = try fields.texts("headers").map { HeaderLine($0.key, $0.value) }.sorted { $0.name < $1.name }
        saved = try fields.texts("save")
    }

    /// In their order; a list is a field that stands several times.
    private static func form(_ node: Node) throws(ScenarioProblem) -> [APIRequest.QueryItem] {
        let problem = ScenarioProblem("'form' has to be a mapping of texts, or lists of texts")
        guard let mapping = node.mapping else { throw problem }
        var items: [APIRequest.QueryItem] = []
        for (key, value) in mapping {
            let values = value.sequence.map { $0.map(\.string) } ?? [value.string]
            guard let name = key.string, !values.contains(nil) else { throw problem }
            items += values.compactMap { $0.map { APIRequest.QueryItem(name, $0) } }
        }
        return items
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

/// The keys of a step that nobody has read yet.
struct StepFields {
    private var nodes: [String: Node] = [:]

    init(_ mapping: Node.Mapping) throws(ScenarioProblem) {
        for (key, value) in mapping {
            guard let name = key.string, nodes.updateValue(value, forKey: name) == nil else {
                throw ScenarioProblem("it has a key twice, or one that is no text")
            }
        }
    }

    mutating func node(_ name: String) -> Node? { nodes.removeValue(forKey: name) }

    mutating func text(_ name: String) throws(ScenarioProblem) -> String? {
        guard let node = node(name) else { return nil }
        guard let text = node.string else { throw ScenarioProblem("'\(name)' has to be a single value") }
        return text
    }

    mutating func number(_ name: String, from least: Int = 0) throws(ScenarioProblem) -> Int? {
        guard let node = node(name) else { return nil }
        guard let number = node.string.flatMap({ Int($0) }), number >= least else {
            throw ScenarioProblem("'\(name)' has to be a whole number from \(least) on")
        }
        return number
    }

    /// A mapping of texts to texts.
    mutating func texts(_ name: String) throws(ScenarioProblem) -> [String: String] {
        guard let node = node(name) else { return [:] }
        guard let mapping = node.mapping else { throw ScenarioProblem("'\(name)' has to be a mapping of texts") }
        var texts: [String: String] = [:]
        for (key, value) in mapping {
            guard let key = key.string, let value = value.string else {
                throw ScenarioProblem("'\(name)' has to be a mapping of texts")
            }
            texts[key] = value
        }
        return texts
    }

    mutating func refuseRest() throws(ScenarioProblem) {
        if let name = nodes.keys.sorted().first { throw ScenarioProblem("'\(name)' has no meaning here") }
    }
}

extension Trigger {
    /// `klavi.pf_checking_account` into its provider and kind.
    static func split(_ name: String) -> (provider: String, kind: String)? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}

extension JSON {
    /// The value that a YAML node stands for. Texts stay texts where they are quoted.
    init?(yaml node: Node) {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            switch scalar.string {
            case "true" where isPlain: self = .bool(true)
            case "false" where isPlain: self = .bool(false)
            case _ where isPlain && node.null != nil: self = .null
            default:
                self = isPlain && Self.isNumber(scalar.string) ? .number(scalar.string) : .string(scalar.string)
            }
        case .sequence(let sequence): self = .array(sequence.map { JSON(yaml: $0) ?? .null })
        case .mapping(let mapping):
            self = .object(mapping.map { Member($0.key.string ?? "", JSON(yaml: $0.value) ?? .null) })
        default: return nil
        }
    }

    /// Whether this is a number as JSON writes them: `007` and `0x1F` are texts.
    private static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }
}
