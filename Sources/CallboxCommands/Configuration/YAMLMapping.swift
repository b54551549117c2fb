internal import Yams

/// A mapping of the configuration file that is read key by key; keys that nobody read are errors, told with the nearest name.
struct YAMLMapping {
    private let mapping: Node.Mapping
    /// `sources.klavi`, for messages.
    let path: String
    private let file: String

    init(_ node: Node, path: String, file: String) throws(CommandFailure) {
        guard case .mapping(let mapping) = node else {
            throw Self.failure(file, node.mark, path, "has to be a mapping of keys to values")
        }
        self.mapping = mapping
        self.path = path
        self.file = file
    }

    /// The keys in the order they stand.
    var keys: [String] {
        mapping.keys.compactMap(\.string)
    }

    /// Refuses keys that are not among `known`.
    func refuseUnknownKeys(_ known: [String]) throws(CommandFailure) {
        for key in mapping.keys {
            let name = key.string ?? ""
            guard !known.contains(name) else { continue }
            let suggestion =
                NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
                ?? "known here: \(known.joined(separator: ", "))"
            throw Self.failure(file, key.mark, path, "does not know '\(name)'; \(suggestion)")
        }
    }

    /// A text, number or boolean as it is written; nil where the key is missing or empty.
    func text(_ key: String) throws(CommandFailure) -> String? {
        guard let node = mapping[Node(key)], node.null == nil || node.string?.isEmpty == false else { return nil }
        guard case .scalar(let scalar) = node else { throw invalid(key, "has to be a single value") }
        return scalar.string.isEmpty || node.null != nil ? nil : scalar.string
    }

    func node(_ key: String) -> Node? {
        mapping[Node(key)]
    }

    /// A mapping below this one; nil where the key is missing or empty.
    func mapping(_ key: String) throws(CommandFailure) -> YAMLMapping? {
        guard let node = mapping[Node(key)], node.null == nil else { return nil }
        return try YAMLMapping(node, path: join(key), file: file)
    }

    /// The elements of a list; none where the key is missing or empty.
    func list(_ key: String) throws(CommandFailure) -> [Node] {
        guard let node = mapping[Node(key)], node.null == nil else { return [] }
        guard case .sequence(let sequence) = node else { throw invalid(key, "has to be a list") }
        return Array(sequence)
    }

    /// A value that `read` understands.
    func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) throws(CommandFailure) -> Value? {
        guard let text = try text(key) else { return nil }
        guard let value = read(text) else { throw invalid(key, "has to be \(expected), not '\(text)'") }
        return value
    }

    /// A failure that names the key and its line.
    func invalid(_ key: String, _ problem: String) -> CommandFailure {
        Self.failure(file, mapping[Node(key)]?.mark, join(key), problem)
    }

    func join(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private static func failure(_ file: String, _ mark: Mark?, _ path: String, _ problem: String) -> CommandFailure {
        let place = mark.map { "\(file), line \($0.line)" } ?? file
        return CommandFailure(.configuration, "\(place): \(path.isEmpty ? "the file" : path) \(problem)")
    }
}
