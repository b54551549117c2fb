internal import Crypto

/// Comparisons whose duration says nothing about what was compared.
enum ConstantTime {
    /// The first secret whose HMAC-SHA256 over `prefix` and `body` is among `candidates`.
    ///
    /// Every secret is tried against every candidate, and at least one of each, so that a missing or malformed signature
    /// costs what a wrong one costs.
    static func secret(
        among secrets: [Secret], signing prefix: [UInt8] = [], body: [UInt8], candidates: [[UInt8]]
    ) -> Secret? {
        let placeholder = Secret(name: "", purpose: .signature, bytes: [0])
        var match: Secret?
        for secret in secrets.isEmpty ? [placeholder] : secrets {
            let code = authenticationCode(prefix: prefix, body: body, key: secret.bytes)
            for candidate in candidates.isEmpty ? [[]] : candidates where isEqual(code, candidate) && match == nil {
                match = secret
            }
        }
        return secrets.isEmpty || candidates.isEmpty ? nil : match
    }

    /// The secret whose bytes, behind `prefix(of:)`, are `text`. Digests are compared, so that the length does not show.
    static func secret(among secrets: [Secret], equalTo text: [UInt8], prefix: (Secret) -> [UInt8]) -> Secret? {
        let digest = Array(SHA256.hash(data: text))
        var match: Secret?
        for secret in secrets {
            let expected = Array(SHA256.hash(data: prefix(secret) + secret.bytes))
            if isEqual(expected, digest) && match == nil { match = secret }
        }
        return match
    }

    private static func authenticationCode(prefix: [UInt8], body: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: prefix)
        code.update(data: body)
        return Array(code.finalize())
    }

    private static func isEqual(_ code: [UInt8], _ candidate: [UInt8]) -> Bool {
        guard code.count == candidate.count else { return false }
        var difference: UInt8 = 0
        for index in code.indices { difference |= code[index] ^ candidate[index] }
        return difference == 0
    }
}
