/// The files of samples/secrets that sign. The raw values are their names.
package enum SecretName: String, Sendable, CaseIterable {
    case klavi
    case certnLegacy = "certn-legacy"
    case certnCentric = "certn-centric"
    case certificallHMAC = "certificall-hmac"
}

/// A folder of secrets, one a file; a secret is the text of its file without the final newline.
package struct SecretFolder: Sendable {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    package func secrets(named names: some Sequence<SecretName>) throws(SandboxFailure) -> [SecretName: [UInt8]] {
        var secrets: [SecretName: [UInt8]] = [:]
        for name in names where secrets[name] == nil {
            let filePath = "\(path)/\(name.rawValue)"
            var secret = try InputFile.read(filePath, byteCountLimit: InputFile.secretByteCountLimit)
            if secret.last == UInt8(ascii: "\n") { secret.removeLast() }
            guard !secret.isEmpty else { throw .unreadableFile(path: filePath, problem: "the secret is empty") }
            secrets[name] = secret
        }
        return secrets
    }
}
