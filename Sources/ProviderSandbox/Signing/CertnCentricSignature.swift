/// The proof of Certn's Centric API (PROVIDERS.md 2B.1): over the body, with no time.
package enum CertnCentricSignature {
    static let header = "X-Signature"

    package static func value(body: [UInt8], secret: [UInt8], as encoding: SignatureEncoding = .hex) -> String {
        HMACText.sign(body, key: secret, as: encoding)
    }
}
