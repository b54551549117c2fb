/// With what a sample is signed.
package enum ProofMode: Sendable, Equatable {
    /// As the provider would sign it now.
    case fresh
    /// With a secret that is not the right one.
    case wrong
}

/// Puts the proof into a sample and says what answer that proof should get. Only the values of the proof's own headers
/// change: no header comes, goes or moves.
package struct RequestSigner: Sendable {
    private static let wrongSecret = "not-the-secret-of-anybody"

    private let mode: ProofMode
    private let secrets: [SecretName: [UInt8]]

    /// - Parameter secrets: One for each scheme that will be signed; see `secretNames(for:mode:)`.
    package init(mode: ProofMode, secrets: [SecretName: [UInt8]]) {
        self.mode = mode
        self.secrets = secrets
    }

    /// The secrets that these cases need.
    package static func secretNames(for cases: [SampleCase], mode: ProofMode) -> [SecretName] {
        guard mode == .fresh else { return [] }
        return cases.compactMap { SigningScheme(of: $0)?.secretName }
    }

    package func signed(_ sample: SampleCase, secondsSinceEpoch now: Int64) -> SampleRequest {
        guard let scheme = SigningScheme(of: sample) else { return sample.request }
        var request = sample.request
        switch scheme {
        case .klavi:
            let value = KlaviSignature.value(body: request.body, secret: secret(.klavi))
            request.headers.replaceValue(of: KlaviSignature.header, with: value)
            request.headers.replaceValue(of: KlaviSignature.timestampHeader, with: String(now))
        case .certnLegacy:
            let value = CertnLegacySignature.value(
                body: request.body, secret: secret(.certnLegacy), secondsSinceEpoch: now)
            request.headers.replaceValue(of: CertnLegacySignature.header, with: value)
        case .certnCentric:
            let value = CertnCentricSignature.value(body: request.body, secret: secret(.certnCentric))
            request.headers.replaceValue(of: CertnCentricSignature.header, with: value)
        case .certificallHMAC, .certificallBearer, .certificallBasic:
            guard let recorded = request.headers.firstValue(of: CertificallAuthorization.header) else { break }
            let value = authorization(scheme, recorded: recorded, body: request.body)
            request.headers.replaceValue(of: CertificallAuthorization.header, with: value)
        }
        return request
    }

    /// What expected.json says, or 401 where the proof is wrong.
    package func expectedStatus(of sample: SampleCase) -> Int {
        mode == .wrong && SigningScheme(of: sample) != nil ? 401 : sample.expectedStatus
    }

    private func authorization(_ scheme: SigningScheme, recorded: String, body: [UInt8]) -> String {
        switch scheme {
        case .certificallHMAC:
            guard let parts = CertificallAuthorization.parts(ofHMAC: recorded) else { return recorded }
            return CertificallAuthorization.hmac(
                apiKey: parts.apiKey, body: body, secret: secret(.certificallHMAC), as: parts.encoding)
        case .certificallBearer where mode == .wrong:
            return CertificallAuthorization.bearer(token: Self.wrongSecret)
        case .certificallBasic where mode == .wrong:
            return CertificallAuthorization.basic(
                user: CertificallAuthorization.user(ofBasic: recorded), password: Self.wrongSecret)
        default:
            return recorded
        }
    }

    private func secret(_ name: SecretName) -> [UInt8] {
        guard mode == .fresh else { return Array(Self.wrongSecret.utf8) }
        guard let secret = secrets[name] else { preconditionFailure("the secret \(name.rawValue) was not read") }
        return secret
    }
}
