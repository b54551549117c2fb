internal import Yams

/// A mapping of the configuration file that is read key by key. An invalid value is added to `problems` and read as
/// nil.
struct YAMLMapping {
    /// The keys in the order of the file.
    let keys: [String]
    /// The path of the mapping in messages, such as `sources.NAME`.
    let path: String
    let file: String
    let problems: ProblemList
    private let entries: [String: (mark: Mark?, value: Node)]
    private let mark: Mark?

    init?(_ node: Node, path: String, file: String, problems: ProblemList) {
        self.path = path
        self.file = file
        self.problems = problems
        self.mark = node.mark
        var keys: [String] = []
        var entries: [String: (mark: Mark?, value: Node)] = [:]
        guard case .mapping(let mapping) = node else {
            self.keys = keys
            self.entries = entries
            reject("must be a mapping of keys to values")
            return nil
        }
        var faults: [(mark: Mark?, text: String)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                faults.append((key.mark, "has a key that is not text"))
                continue
            }
            // YAML distinguishes `1` from `"1"`, but both are the same name in a configuration.
            guard entries.updateValue((key.mark, value), forKey: scalar.string) == nil else {
                faults.append((key.mark, "has the key '\(scalar.string)' twice; remove one"))
                continue
            }
            keys.append(scalar.string)
        }
        self.keys = keys
        self.entries = entries
        for fault in faults { add(fault.mark, path, fault.text) }
    }

    func rejectUnknownKeys(_ known: [String]) {
        for name in keys where !known.contains(name) {
            add(
                entries[name]?.mark, path,
                "has the unknown key '\(name)'; " + NearestName.suggestion(name, among: known, otherwise: "known keys:")
            )
        }
    }

    /// A text, number or boolean as it is in the file. Nil if the key is missing or has no value.
    func text(_ key: String) -> String? {
        guard let node = node(key), node.null == nil else { return nil }
        guard case .scalar(let scalar) = node else {
            reject(key, "must be a single value")
            return nil
        }
        return scalar.string.isEmpty ? nil : scalar.string
    }

    func node(_ key: String) -> Node? {
        entries[key]?.value
    }

    /// A nested mapping. Nil if the key is missing or has no value.
    func mapping(_ key: String) -> YAMLMapping? {
        guard let node = node(key), node.null == nil else { return nil }
        return YAMLMapping(node, path: join(key), file: file, problems: problems)
    }

    /// The elements of a list. Empty if the key is missing or has no value.
    func list(_ key: String) -> [Node] {
        guard let node = node(key), node.null == nil else { return [] }
        guard case .sequence(let sequence) = node else {
            reject(key, "must be a list")
            return []
        }
        return Array(sequence)
    }

    /// The elements of a list of strings. Empty if the key is missing or has no value.
    func texts(_ key: String) -> [String] {
        list(key).enumerated().compactMap { index, node in
            guard case .scalar(let scalar) = node, node.null == nil else {
                add(node.mark, join("\(key)[\(index + 1)]"), "must be a single value")
                return nil
            }
            return scalar.string
        }
    }

    /// The value of a key, parsed by `read`.
    func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text(key) else { return nil }
        guard let value = read(text) else {
            reject(key, "must be \(expected), not '\(text)'")
            return nil
        }
        return value
    }

    func flag(_ key: String) -> Bool? {
        value(key, "true or false") { ["true": true, "false": false][$0] }
    }

    func choice<Choice>(_ key: String, _ choices: KeyValuePairs<String, Choice>) -> Choice? {
        value(key, "one of \(choices.map(\.key).joined(separator: ", "))") { text in
            choices.first { $0.key == text }?.value
        }
    }

    func duration(_ key: String, _ example: String, in range: ClosedRange<Duration> = .zero ... .seconds(1 << 40))
        -> Duration?
    {
        value(key, example) { Quantity.duration($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    func count(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            Quantity.count($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The location of a secret: the value of `env` or `file` in this mapping.
    func place() -> SecretReference.Place? {
        switch (text("env"), text("file")) {
        case (let variable?, nil): return .environment(variable)
        case (nil, let path?): return .file(ConfigurationFile.resolve(path, besides: file))
        default:
            reject("needs either 'env' or 'file'")
            return nil
        }
    }

    /// Adds a problem at the line of the key or, if the key is missing, of the mapping.
    func reject(_ key: String, _ problem: String, advice: String? = nil) {
        add(entries[key]?.mark ?? mark, join(key), problem, advice: advice)
    }

    /// Adds a problem about the mapping as a whole.
    func reject(_ problem: String, advice: String? = nil) {
        add(mark, path, problem, advice: advice)
    }

    func join(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    func add(_ mark: Mark?, _ path: String, _ problem: String, advice: String? = nil) {
        let place = mark.map { "\(file), line \($0.line)" } ?? file
        problems.add(
            ConfigurationProblem(
                "\(place): \(path.isEmpty ? "the file" : path) \(problem)", advice: advice, line: mark?.line))
    }
}
