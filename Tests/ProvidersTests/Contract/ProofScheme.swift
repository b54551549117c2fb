import Deliveries
import Foundation
import Providers

/// A scheme with which a provider authenticates its deliveries, from the point of view of the sender.
struct ProofScheme: Sendable, CustomStringConvertible {
    let description: String
    let provider: any Provider
    /// The header that contains the signature or the secret.
    let headerName: String
    let purpose: SecretPurpose
    let identity: String?
    /// The additional headers that are required.
    let companions: [HeaderField]
    /// True if the header contains a signature over the body.
    let isSignature: Bool
    /// True if a signature may also be written in base64 instead of hexadecimal digits.
    let acceptsBase64: Bool
    /// True if a signature may be written in hexadecimal digits.
    let acceptsHex: Bool
    /// The length of a signature in bytes.
    let byteCount: Int
    /// The text that represents a key in the configuration.
    let secretText: @Sendable (_ key: String) -> String
    /// True if one header may contain several signatures, separated by spaces or commas.
    let isList: Bool
    /// The value of the header for a body and a key. The last argument encodes the bytes of a signature.
    let headerValue: @Sendable (_ body: [UInt8], _ key: String, _ written: ([UInt8]) -> String) -> String

    init(
        _ description: String, _ provider: any Provider, headerName: String, purpose: SecretPurpose,
        identity: String? = nil, companions: [HeaderField] = [], isSignature: Bool = true, acceptsBase64: Bool = false,
        acceptsHex: Bool = true, byteCount: Int = 32, isList: Bool = false,
        secretText: @escaping @Sendable (_ key: String) -> String = { $0 },
        headerValue: @escaping @Sendable (_ body: [UInt8], _ key: String, _ written: ([UInt8]) -> String) -> String
    ) {
        self.description = description
        self.provider = provider
        self.headerName = headerName
        self.purpose = purpose
        self.identity = identity
        self.companions = companions
        self.isSignature = isSignature
        self.acceptsBase64 = acceptsBase64
        self.acceptsHex = acceptsHex
        self.byteCount = byteCount
        self.isList = isList
        self.secretText = secretText
        self.headerValue = headerValue
    }

    func secret(_ name: String, key: String) -> Secret {
        Secret(name: name, purpose: purpose, identity: identity, bytes: Array(secretText(key).utf8))
    }

    /// A genuine delivery, unless an argument changes it.
    func request(
        body: [UInt8] = Array(#"{"id":"1","cfRef":"2","productName":"pf_loans"}"#.utf8), key: String = Self.key,
        written: (([UInt8]) -> String)? = nil
    ) -> InboundRequest {
        request(body: body, values: [headerValue(body, key, written ?? honestText)])
    }

    private func honestText(_ code: [UInt8]) -> String {
        acceptsHex ? Hex.encode(code) : Data(code).base64EncodedString()
    }

    /// A delivery that has the scheme's header once for each value.
    func request(body: [UInt8] = [UInt8(ascii: "1")], values: [String]) -> InboundRequest {
        .with(
            headers: [HeaderField("Host", "callbox.example")] + companions
                + values.map { HeaderField(headerName, $0) }, body: body)
    }

    func verify(_ request: InboundRequest, with secrets: [Secret]? = nil) -> OriginCheck {
        provider.verify(request, with: secrets ?? [secret("primary", key: Self.key)])
    }

    static let key = "contract-test-key"

    static let klavi = ProofScheme(
        "klavi", KlaviProvider(), headerName: "X-Klavi-Signature", purpose: .signature
    ) { body, key, written in
        written(TestCode.hmac(key: key, body))
    }

    static let certnLegacy = ProofScheme(
        "certn-legacy", CertnProvider(), headerName: "Certn-Signature", purpose: .legacy
    ) { body, key, written in
        "t=1700000000,v1=" + written(TestCode.hmac(key: key, Array("1700000000.".utf8) + body))
    }

    static let certnCentric = ProofScheme(
        "certn-centric", CertnProvider(), headerName: "X-Signature", purpose: .centric, acceptsBase64: true
    ) { body, key, written in
        written(TestCode.hmac(key: key, body))
    }

    static let certificallHMAC = ProofScheme(
        "certificall HMAC-SHA256", CertificallProvider(), headerName: "Authorization", purpose: .hmac,
        identity: "api-key", companions: [HeaderField("X-Api-Key", "api-key")], acceptsBase64: true
    ) { body, key, written in
        "HMAC-SHA256 api-key:" + written(TestCode.hmac(key: key, body))
    }

    static let certificallBearer = ProofScheme(
        "certificall Bearer", CertificallProvider(), headerName: "Authorization", purpose: .bearer, isSignature: false
    ) { _, key, _ in
        "Bearer " + key
    }

    static let certificallBasic = ProofScheme(
        "certificall Basic", CertificallProvider(), headerName: "Authorization", purpose: .basic, identity: "hook",
        isSignature: false
    ) { _, key, _ in
        "Basic " + Data("hook:\(key)".utf8).base64EncodedString()
    }

    static let all =
        [klavi, certnLegacy, certnCentric, certificallHMAC, certificallBearer, certificallBasic, acme] + described
    static let signatures = all.filter(\.isSignature)
    /// The schemes whose signature is 64 hexadecimal digits.
    static let hexadecimal = signatures.filter { $0.acceptsHex && $0.byteCount == 32 }
    /// The schemes whose signature may be the base64 of 32 bytes.
    static let base64 = signatures.filter { $0.acceptsBase64 && $0.byteCount == 32 }
}
