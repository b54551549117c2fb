internal import Providers
internal import Yams

/// Reads the `secrets` of a source: the variable or file that contains each secret. Never reads the secrets themselves.
enum SecretSection {
    private static let keys = ["name", "env", "file", "for", "identity"]

    static func read(_ section: YAMLMapping, provider: any Provider) -> [SecretReference] {
        section.list("secrets").enumerated().compactMap { index, node in
            let path = section.join("secrets[\(index + 1)]")
            guard case .mapping = node else {
                section.add(
                    node.mark, path, "must contain 'env' or 'file', the location of the secret",
                    advice: "Do not write secrets in the configuration.")
                return nil
            }
            return YAMLMapping(node, path: path, file: section.file, problems: section.problems)
                .flatMap { reference($0, provider, index) }
        }
    }

    private static func reference(_ entry: YAMLMapping, _ provider: any Provider, _ index: Int) -> SecretReference? {
        entry.rejectUnknownKeys(keys)
        let purposes = provider.secretPurposes
        guard let first = purposes.first else {
            entry.reject(
                "cannot be used: \(provider.name) does not sign deliveries",
                advice: "Remove the secrets and write 'verify: none'."
            )
            return nil
        }
        let purpose =
            entry.value("for", "one of \(purposes.map(\.rawValue).joined(separator: ", "))") { text in
                purposes.first { $0.rawValue == text }
            } ?? first
        let identity = entry.text("identity")
        switch purpose.identityRule {
        case .needed(let what) where identity == nil:
            entry.reject("identity", "is required; set it to the \(what) of this secret")
        case .meaningless where identity != nil:
            entry.reject("identity", "does not apply to a secret of this type; remove it")
        case .needed, .possible, .meaningless: break
        }
        let name = entry.text("name") ?? "secret-\(index + 1)"
        return entry.place().map { SecretReference(name: name, purpose: purpose, identity: identity, place: $0) }
    }
}
