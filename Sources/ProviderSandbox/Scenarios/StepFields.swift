internal import Yams

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
