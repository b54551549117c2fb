internal import Yams

/// A mapping of the configuration file that is read key by key; keys that nobody read are errors, told with the nearest name.
struct YAMLMapping {
    /// The keys in the order they stand.
    let keys: [String]
    private let entries: [String: (mark: Mark?, value: Node)]
    private let mark: Mark?
    /// `sources.NAME`, for messages.
    let path: String
    private let file: String

    init(_ node: Node, path: String, file: String) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else {
            throw Self.failure(file, node.mark, path, "has to be a mapping of keys to values")
        }
        var keys: [String] = []
        var entries: [String: (mark: Mark?, value: Node)] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw Self.failure(file, key.mark, path, "has a key that is no text")
            }
            // YAML tells `1` from `"1"`; a name is a name.
            guard entries.updateValue((key.mark, value), forKey: scalar.string) == nil else {
                throw Self.failure(file, key.mark, path, "has the key '\(scalar.string)' twice")
            }
            keys.append(scalar.string)
        }
        self.keys = keys
        self.entries = entries
        self.mark = mapping.mark
        self.path = path
        self.file = file
    }

    /// Rejects keys that are not among `known`.
    func rejectUnknownKeys(_ known: [String]) throws(ConfigurationError) {
        for name in keys where !known.contains(name) {
            let suggestion =
                NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
                ?? "known here: \(known.joined(separator: ", "))"
            throw Self.failure(file, entries[name]?.mark, path, "does not know '\(name)'; \(suggestion)")
        }
    }

    /// A text, number or boolean as it is written; nil where the key is missing or empty.
    func text(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = node(key), node.null == nil else { return nil }
        guard case .scalar(let scalar) = node else { throw invalid(key, "has to be a single value") }
        return scalar.string.isEmpty ? nil : scalar.string
    }

    func node(_ key: String) -> Node? {
        entries[key]?.value
    }

    /// A mapping below this one; nil where the key is missing or empty.
    func mapping(_ key: String) throws(ConfigurationError) -> YAMLMapping? {
        guard let node = node(key), node.null == nil else { return nil }
        return try YAMLMapping(node, path: join(key), file: file)
    }

    /// The elements of a list; none where the key is missing or empty.
    func list(_ key: String) throws(ConfigurationError) -> [Node] {
        guard let node = node(key), node.null == nil else { return [] }
        guard case .sequence(let sequence) = node else { throw invalid(key, "has to be a list") }
        return Array(sequence)
    }

    /// The elements of a list of texts; none where the key is missing or empty.
    func texts(_ key: String) throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for (index, node) in try list(key).enumerated() {
            guard case .scalar(let scalar) = node, node.null == nil else {
                throw Self.failure(file, node.mark, join("\(key)[\(index + 1)]"), "has to be a single value")
            }
            texts.append(scalar.string)
        }
        return texts
    }

    /// A value that `read` understands.
    func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) throws(ConfigurationError)
        -> Value?
    {
        guard let text = try text(key) else { return nil }
        guard let value = read(text) else { throw invalid(key, "has to be \(expected), not '\(text)'") }
        return value
    }

    /// A failure that names the key and its line, or the line of the mapping where the key is missing.
    func invalid(_ key: String, _ problem: String) -> ConfigurationError {
        Self.failure(file, entries[key]?.mark ?? mark, join(key), problem)
    }

    /// A failure of the mapping as a whole.
    func invalid(_ problem: String, advice: String) -> ConfigurationError {
        Self.failure(file, mark, path, problem, advice: advice)
    }

    func join(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    static func failure(
        _ file: String, _ mark: Mark?, _ path: String, _ problem: String, advice: String? = nil
    ) -> ConfigurationError {
        let place = mark.map { "\(file), line \($0.line)" } ?? file
        return ConfigurationError("\(place): \(path.isEmpty ? "the file" : path) \(problem)", advice: advice)
    }
}
