internal import Providers
internal import Yams

/// Reads the `secrets` of a source: where each is to be found, never the secret itself.
enum SecretSection {
    private static let keys = ["name", "env", "file", "for", "identity"]

    static func read(
        _ section: YAMLMapping, provider: any Provider, file: String
    ) throws(ConfigurationError) -> [SecretReference] {
        var references: [SecretReference] = []
        for (index, node) in try section.list("secrets").enumerated() {
            let path = section.join("secrets[\(index + 1)]")
            guard case .mapping = node else {
                throw YAMLMapping.failure(
                    file, node.mark, path, "has to say where the secret is, with 'env' or 'file'",
                    advice: "Secrets never stand in the configuration itself.")
            }
            references.append(try read(try YAMLMapping(node, path: path, file: file), provider, file, index))
        }
        return references
    }

    private static func read(
        _ entry: YAMLMapping, _ provider: any Provider, _ file: String, _ index: Int
    ) throws(ConfigurationError) -> SecretReference {
        try entry.rejectUnknownKeys(keys)
        let purposes = provider.secretPurposes
        guard let first = purposes.first else {
            throw entry.invalid(
                "cannot be used: \(provider.name) gives nothing to check a delivery with",
                advice: "Take the secrets out and write 'verify: none'.")
        }
        let purpose =
            try entry.value("for", "one of \(purposes.map(\.rawValue).joined(separator: ", "))") { text in
                purposes.first { $0.rawValue == text }
            } ?? first
        let identity = try entry.text("identity")
        switch purpose.identityRule {
        case .needed(let what) where identity == nil:
            throw entry.invalid("identity", "is needed: the \(what) that goes with this secret")
        case .meaningless where identity != nil:
            throw entry.invalid("identity", "has no meaning for a secret of this type")
        case .needed, .possible, .meaningless: break
        }
        let name = try entry.text("name") ?? "secret-\(index + 1)"
        let place: SecretReference.Place
        switch (try entry.text("env"), try entry.text("file")) {
        case (let variable?, nil): place = .environment(variable)
        case (nil, let path?): place = .file(ConfigurationFile.resolve(path, besides: file))
        default: throw entry.invalid("env", "or 'file' is needed, and only one of them")
        }
        return SecretReference(name: name, purpose: purpose, identity: identity, place: place)
    }
}
