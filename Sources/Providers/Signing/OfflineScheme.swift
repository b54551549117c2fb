package import Deliveries

/// A scheme that `callbox sign` and `callbox verify` know by name.
package struct OfflineScheme: Sendable {
    /// Creates the headers that a sender adds to a body.
    package typealias Signing =
        @Sendable (_ body: [UInt8], _ secret: Secret, _ time: Timestamp, _ id: String?) -> [HeaderField]
    package typealias Diagnosis =
        @Sendable (InboundRequest, _ secrets: [Secret], _ toleranceMilliseconds: Int64) -> HMACDiagnosis

    /// The way in which a request proves who sent it.
    package enum Proof: Sendable {
        case signature(Signing)
        /// The request contains the secret itself. `advice` explains how, and `header` creates the header.
        case secretItself(advice: String, header: @Sendable (Secret) -> HeaderField)
    }

    package var name: String
    package let purpose: SecretPurpose
    package let proof: Proof
    /// The scheme of a header that contains an HMAC; nil for other headers.
    package let hmac: HMACScheme?
    /// The header that contains the signature or the secret.
    let header: String
    /// The prefix of header values that are signatures. Values without the prefix may be secrets. Nil if all values are
    /// signatures.
    let signaturePrefix: String?
    /// Additional headers that belong to the signature.
    let companions: [String]
    private let diagnosis: Diagnosis

    /// A scheme whose header contains an HMAC.
    package init(_ name: String, _ scheme: HMACScheme) {
        self.name = name
        self.purpose = .signature
        self.hmac = scheme
        self.header = scheme.header
        self.signaturePrefix = nil
        self.companions = []
        self.proof = .signature { scheme.headers(signing: $0, with: $1, at: $2, id: $3) }
        self.diagnosis = { scheme.diagnose($0, with: $1, toleranceMilliseconds: $2) }
    }

    /// A scheme whose header is not an HMAC.
    ///
    /// - Parameters:
    ///   - signaturePrefix: the prefix of values that may be shown. Other values may contain a secret.
    ///   - companions: additional headers that belong to the signature.
    ///   - check: checks the header, in constant time.
    init(
        _ name: String, purpose: SecretPurpose, proof: Proof, header: String, signaturePrefix: String,
        companions: [String] = [],
        check: @escaping @Sendable (InboundRequest, [Secret]) -> OriginCheck
    ) {
        self.name = name
        self.purpose = purpose
        self.hmac = nil
        self.header = header
        self.signaturePrefix = signaturePrefix
        self.companions = companions
        self.proof = proof
        self.diagnosis = { request, secrets, toleranceMilliseconds in
            let plain = HMACScheme(header: header)
                .diagnose(request, with: [], toleranceMilliseconds: toleranceMilliseconds)
            var expected: [HMACDiagnosis.Expectation] = []
            if case .signature(let sign) = proof {
                expected = secrets.map {
                    HMACDiagnosis.Expectation(
                        secretName: $0.name, headers: sign(request.body, $0, request.receivedAt, nil))
                }
            }
            return HMACDiagnosis(
                outcome: check(request, secrets),
                got: plain.got.filter { $0.utf8.starts(with: signaturePrefix.utf8) }, expected: expected,
                clockOffsetMilliseconds: nil, bodySHA256: plain.bodySHA256)
        }
    }

    /// The headers that a sender adds to a body; nil if the sender sends the secret itself.
    package func headers(signing body: [UInt8], with secret: Secret, at time: Timestamp, id: String?) -> [HeaderField]?
    {
        guard case .signature(let sign) = proof else { return nil }
        return sign(body, secret, time, id)
    }

    package func diagnose(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> HMACDiagnosis {
        diagnosis(request, secrets, toleranceMilliseconds)
    }
}
