internal import Crypto
internal import Deliveries

/// Comparisons whose duration does not depend on the compared bytes.
enum ConstantTime {
    /// The first secret whose HMAC over the message is one of the `candidates`.
    ///
    /// Tries every secret with every candidate and makes at least one comparison, so a missing or malformed signature
    /// takes as long as a wrong one.
    static func secret(
        among secrets: [Secret], in scheme: HMACScheme, before: [UInt8] = [], body: [UInt8], after: [UInt8] = [],
        candidates: [[UInt8]]
    ) -> Secret? {
        let placeholder = Secret(name: "", purpose: .signature, bytes: [0])
        var match: Secret?
        for secret in secrets.isEmpty ? [placeholder] : secrets {
            let key = secret.key(scheme.secretFormat)
            let code = authenticationCode(in: scheme, before: before, body: body, after: after, key: key ?? [])
            for candidate in candidates.isEmpty ? [[]] : candidates
            where isEqual(code, candidate) && key != nil && match == nil {
                match = secret
            }
        }
        return secrets.isEmpty || candidates.isEmpty ? nil : match
    }

    /// The secret for which `prefix`, followed by the secret, equals `text`. Compares digests, so the duration does not
    /// depend on the length of a secret.
    static func secret(among secrets: [Secret], equalTo text: [UInt8], prefix: (Secret) -> [UInt8]) -> Secret? {
        let digest = Array(SHA256.hash(data: text))
        var match: Secret?
        for secret in secrets {
            let expected = Array(SHA256.hash(data: prefix(secret) + secret.bytes))
            if isEqual(expected, digest) && match == nil { match = secret }
        }
        return match
    }

    static func authenticationCode(
        in scheme: HMACScheme, before: [UInt8], body: [UInt8], after: [UInt8], key: [UInt8]
    ) -> [UInt8] {
        let key = SymmetricKey(data: key)
        switch scheme.algorithm {
        case .sha1: return code(HMAC<Insecure.SHA1>(key: key), before, body, after)
        case .sha256: return code(HMAC<SHA256>(key: key), before, body, after)
        case .sha512: return code(HMAC<SHA512>(key: key), before, body, after)
        }
    }

    private static func code<Hash>(
        _ start: HMAC<Hash>, _ before: [UInt8], _ body: [UInt8], _ after: [UInt8]
    ) -> [UInt8] {
        var code = start
        if !before.isEmpty { code.update(data: before) }
        code.update(data: body)
        if !after.isEmpty { code.update(data: after) }
        return Array(code.finalize())
    }

    private static func isEqual(_ code: [UInt8], _ candidate: [UInt8]) -> Bool {
        guard code.count == candidate.count else { return false }
        var difference: UInt8 = 0
        for index in code.indices { difference |= code[index] ^ candidate[index] }
        return difference == 0
    }
}
