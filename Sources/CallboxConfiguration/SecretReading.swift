package import Providers

extension SecretReference {
    /// Longest secret in bytes. A file that is longer is not a secret.
    static let byteCountLimit = 64 * 1024

    /// The secret; nil if it is optional and not set. One line end at its end does not count, as editors and `echo` add one.
    ///
    /// - Parameter provider: whether the secret can be a key of this provider is checked as well; nil for no check.
    package func secret(
        _ environment: [String: String], for provider: (any Provider)? = nil
    ) throws(ConfigurationError) -> Secret? {
        do throws(ConfigurationError) {
            guard var bytes = try read(environment) else { return nil }
            if bytes.last == 0x0a { bytes.removeLast() }
            if bytes.last == 0x0d { bytes.removeLast() }
            if let (fault, advice) = Self.fault(in: bytes) { throw .invalid(fault, advice: advice) }
            let secret = Secret(name: name, purpose: purpose, identity: identity, bytes: bytes)
            if let provider { try secret.check(for: provider) }
            return secret
        } catch {
            throw .invalid("secret '\(name)' (\(place)): \(error.message)", advice: error.advice)
        }
    }

    /// True if the configuration requires it or the environment has it.
    func isNamed(in environment: [String: String]) -> Bool {
        if isOptional, case .environment(let variable) = place { environment[variable] != nil } else { true }
    }

    private func read(_ environment: [String: String]) throws(ConfigurationError) -> [UInt8]? {
        switch place {
        case .environment(let variable):
            if let value = environment[variable] { return Array(value.utf8) }
            if isOptional { return nil }
            let similar = NearestName.of(variable, among: environment.keys.sorted())
            throw .invalid(
                "the environment variable is not set",
                advice: similar.map { "\($0) is set: did you mean that?" }
                    ?? "Set it in the environment of callbox, or name a file with 'file'.")
        case .file(let path):
            do throws(SmallFile.Failure) {
                return try SmallFile.read(path, byteCountLimit: Self.byteCountLimit)
            } catch {
                throw .invalid(
                    "the file cannot be read: \(error.reason)", advice: "Check the path and its permissions.")
            }
        }
    }

    /// A problem with the bytes of any secret, and the fix. Never contains the secret.
    private static func fault(in bytes: [UInt8]) -> (fault: String, advice: String)? {
        let whiteSpace: Set<UInt8> = [0x09, 0x0a, 0x0d, 0x20]
        let quotes = Array("\"'`".utf8)
        let text = String(decoding: bytes, as: UTF8.self)
        guard let first = bytes.first, let last = bytes.last else {
            return ("it is empty", "Set it to the secret that the provider shows.")
        }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) || bytes.starts(with: [0xff, 0xfe]) {
            return ("it begins with a byte order mark", "Save it as UTF-8 without a byte order mark.")
        }
        if bytes.contains(0x0a) || bytes.contains(0x0d) {
            return ("it has several lines", "Keep one secret per variable or file, and list them under 'secrets'.")
        }
        if whiteSpace.contains(first) || whiteSpace.contains(last) {
            return ("white space precedes or follows it", "Remove the white space.")
        }
        if first == last, bytes.count > 1, quotes.contains(first) {
            return ("it is in quotes", "Remove the quotes.")
        }
        if text.hasPrefix("whpk_") {
            return ("it is a public key (whpk_)", "Use the signing secret, which begins with whsec_.")
        }
        if text.hasPrefix("v1,whsec_") || text.hasPrefix("v1a,") {
            return ("it begins with a version", "Remove everything before whsec_.")
        }
        if text.ranges(of: "whsec_").count > 1
            || text.contains("whsec_") && text.contains(where: { " ,;".contains($0) })
        {
            return ("it holds several secrets", "Keep one secret per variable or file, and list them under 'secrets'.")
        }
        return nil
    }
}

extension SecretReference.Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .environment(let variable): "variable \(variable)"
        case .file(let path): "file \(path)"
        }
    }
}

extension Secret {
    /// Shortest key of an HMAC and shortest token in bytes: a shorter one can be guessed.
    private static let keyByteCountMinimum = 16

    /// Rejects a secret that cannot prove a sender. Passwords of Basic authentication may be short, as providers set them.
    fileprivate func check(for provider: any Provider) throws(ConfigurationError) {
        guard purpose != .basic else { return }
        let format = (provider as? GenericProvider)?.scheme?.secretFormat ?? .text
        guard let byteCount = keyByteCount(format) else {
            throw .invalid("it is not base64", advice: "Copy it again, with 'whsec_' if the provider shows that.")
        }
        guard byteCount >= Self.keyByteCountMinimum else {
            throw .invalid(
                "its key has \(byteCount) bytes, and at least \(Self.keyByteCountMinimum) are required",
                advice: "Copy the whole secret, or have the provider create a longer one.")
        }
    }
}
