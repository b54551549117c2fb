package import Deliveries

/// A scheme that can be tried without a server: what `callbox sign` and `callbox verify` know by name.
package struct OfflineScheme: Sendable {
    /// How the proof is carried.
    package enum Proof: Sendable {
        case hmac(HMACScheme)
        /// `Authorization: HMAC-SHA256 <apiKey>:<signature>` and `X-Api-Key`.
        case certificallHMAC
        /// The secret itself stands in the header.
        case secretItself(SecretPurpose)
    }

    package let name: String
    package let proof: Proof

    package init(name: String, proof: Proof) {
        self.name = name
        self.proof = proof
    }

    /// The schemes of the known providers, and Standard Webhooks.
    package static let known: [OfflineScheme] = [
        OfflineScheme(name: "klavi", proof: .hmac(.klavi)),
        OfflineScheme(name: "certn-legacy", proof: .hmac(.certnLegacy)),
        OfflineScheme(name: "certn-centric", proof: .hmac(.certnCentric)),
        OfflineScheme(name: "certificall-hmac", proof: .certificallHMAC),
        OfflineScheme(name: "certificall-bearer", proof: .secretItself(.bearer)),
        OfflineScheme(name: "certificall-basic", proof: .secretItself(.basic)),
        OfflineScheme(name: "standard-webhooks", proof: .hmac(.standardWebhooks)),
    ]

    /// What a secret is for here.
    package var purpose: SecretPurpose {
        switch proof {
        case .hmac: .signature
        case .certificallHMAC: .hmac
        case .secretItself(let purpose): purpose
        }
    }

    /// The headers that a sender adds; nil where that is the secret itself.
    package func headers(signing body: [UInt8], with secret: Secret, at time: Timestamp, id: String?) -> [HeaderField]?
    {
        switch proof {
        case .hmac(let scheme):
            return scheme.headers(signing: body, with: secret, at: time, id: id)
        case .certificallHMAC:
            let apiKey = secret.identity ?? ""
            let signature = CertificallAuthorization.scheme.headers(signing: body, with: secret, at: time, id: nil)[0]
                .value
            return [
                HeaderField("Authorization", "HMAC-SHA256 \(apiKey):\(signature)"), HeaderField("X-Api-Key", apiKey),
            ]
        case .secretItself:
            return nil
        }
    }

    /// Checks a request and says all that can be said about it.
    package func diagnose(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> HMACDiagnosis {
        switch proof {
        case .hmac(let scheme):
            return scheme.diagnose(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
        case .certificallHMAC, .secretItself:
            let plain = HMACScheme(header: "Authorization")
                .diagnose(request, with: [], toleranceMilliseconds: toleranceMilliseconds)
            return HMACDiagnosis(
                outcome: CertificallAuthorization.check(request, with: secrets),
                // Anything else in this header may be the secret itself.
                got: plain.got.filter { $0.utf8.starts(with: "HMAC-SHA256 ".utf8) },
                expected: secrets.compactMap { secret in
                    headers(signing: request.body, with: secret, at: request.receivedAt, id: nil)
                        .map { HMACDiagnosis.Expectation(secretName: secret.name, headers: $0) }
                },
                clockOffsetMilliseconds: nil, bodySHA256: plain.bodySHA256)
        }
    }
}
