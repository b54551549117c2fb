/// Klavi's proof (PROVIDERS.md 1.1.2): the body alone is signed; the timestamp beside it is not.
package enum KlaviSignature {
    static let header = "X-Klavi-Signature"
    static let timestampHeader = "X-Klavi-Timestamp"

    package static func value(body: [UInt8], secret: [UInt8]) -> String {
        HMACText.sign(body, key: secret, as: .hex)
    }
}
