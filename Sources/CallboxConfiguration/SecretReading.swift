package import Providers

extension SecretReference {
    /// The maximum length of a secret in bytes. A longer file is rejected.
    static let byteCountLimit = 64 * 1024

    /// The secret, without trailing line breaks. Nil if the secret is optional and not set.
    ///
    /// - Parameter provider: the provider for which the secret must be a valid key; nil for no check.
    package func secret(
        _ environment: [String: String], for provider: (any Provider)? = nil
    ) throws(ConfigurationError) -> Secret? {
        do throws(ConfigurationError) {
            guard let read = try read(environment) else { return nil }
            let bytes = SecretText.withoutLineEnds(read)
            if let (fault, advice) = SecretText.fault(
                in: bytes, isPassword: purpose == .basic, variable: place.variable)
            {
                throw .invalid(fault, advice: advice)
            }
            let secret = Secret(name: name, purpose: purpose, identity: identity, bytes: bytes)
            if let provider { try secret.check(for: provider) }
            return secret
        } catch {
            throw .invalid("secret '\(name)' (\(place)): \(error.message)", advice: error.advice)
        }
    }

    /// The bytes of a secret that does not belong to a source.
    func text(_ environment: [String: String]) throws(ConfigurationError) -> [UInt8] {
        do throws(ConfigurationError) {
            let bytes = SecretText.withoutLineEnds(try read(environment) ?? [])
            if let (fault, advice) = SecretText.fault(in: bytes, isPassword: true, variable: place.variable) {
                throw .invalid(fault, advice: advice)
            }
            return bytes
        } catch {
            throw .invalid("secret '\(name)' (\(place)): \(error.message)", advice: error.advice)
        }
    }

    /// A note that line breaks after the secret were ignored; nil if there were none.
    func note(_ environment: [String: String]) -> String? {
        guard let bytes = try? read(environment), SecretText.withoutLineEnds(bytes).count < bytes.count else {
            return nil
        }
        return "the line break at the end of secret '\(name)' (\(place)) is not part of the secret"
    }

    /// The content of a file with a secret or credential. Nil if the file cannot be read or is longer than
    /// `byteCountLimit`.
    package static func content(ofFile path: String) -> [UInt8]? {
        try? SmallFile.read(path, byteCountLimit: byteCountLimit)
    }

    /// True if the configuration requires the secret, or if the environment contains it.
    func isNamed(in environment: [String: String]) -> Bool {
        if isOptional, case .environment(let variable) = place { environment[variable] != nil } else { true }
    }

    fileprivate func read(_ environment: [String: String]) throws(ConfigurationError) -> [UInt8]? {
        switch place {
        case .environment(let variable):
            if let value = environment[variable] { return Array(value.utf8) }
            if isOptional { return nil }
            let similar = NearestName.of(variable, among: environment.keys.sorted())
            throw .invalid(
                "the environment variable is not set",
                advice: similar.map { "Did you mean '\($0)', which is set?" }
                    ?? "Set the variable in the environment of callbox, or use 'file' instead of 'env'.")
        case .file(let path):
            do throws(SmallFile.Failure) {
                return try SmallFile.read(path, byteCountLimit: Self.byteCountLimit)
            } catch {
                throw .invalid(
                    "the file cannot be read: \(error.reason)", advice: "Check the path and its permissions.")
            }
        }
    }
}

extension CallboxConfiguration {
    /// Notes about the secrets of sources, for example that a line break was ignored.
    package func secretNotes(_ environment: [String: String]) -> [String] {
        sources.flatMap { source in
            source.secrets.compactMap { $0.note(environment).map { "source \(source.name): \($0)" } }
        }
    }

    /// Checks the API credentials that are set. If a credential is missing, the calls that need it fail later.
    func checkCredentials(_ environment: [String: String], _ problems: ProblemList) {
        for api in providers.callableAPIs {
            for name in api.credentials {
                guard let place = apis[api.name]?.texts[name] else { continue }
                let reference = SecretReference(
                    name: name, purpose: .basic, identity: nil, place: place, isOptional: true)
                guard reference.isReadable(environment) else { continue }
                do throws(ConfigurationError) {
                    _ = try reference.secret(environment)
                } catch {
                    let prefix = file.map { "\($0): " } ?? ""
                    problems.add(
                        ConfigurationProblem("\(prefix)api \(api.name), \(error.message)", advice: error.advice))
                }
            }
        }
    }
}

extension SecretReference {
    /// True if the environment or the file contains a value to check.
    fileprivate func isReadable(_ environment: [String: String]) -> Bool {
        ((try? read(environment)) ?? nil)?.isEmpty == false
    }
}

extension SecretReference.Place {
    /// The name of the environment variable; nil if the secret is in a file.
    var variable: String? {
        if case .environment(let variable) = self { variable } else { nil }
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
    /// The minimum length of an HMAC key and of a token, in bytes. Shorter keys can be guessed.
    private static let keyByteCountMinimum = 16

    /// Rejects a secret that is unsuitable for verification. A password of Basic authentication may be short, because
    /// the provider sets it.
    fileprivate func check(for provider: any Provider) throws(ConfigurationError) {
        guard purpose != .basic else { return }
        let format = (provider as? GenericProvider)?.scheme?.secretFormat ?? .text
        guard let byteCount = keyByteCount(format) else {
            throw .invalid(
                "it is not base64", advice: "Copy it again, including 'whsec_' if the provider shows that prefix.")
        }
        guard byteCount >= Self.keyByteCountMinimum else {
            throw .invalid(
                "its key has \(byteCount) bytes, but at least \(Self.keyByteCountMinimum) are required",
                advice: "Copy the whole secret, or create a longer secret at the provider.")
        }
    }
}
