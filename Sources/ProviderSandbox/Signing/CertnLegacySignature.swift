/// The proof of Certn's legacy API (PROVIDERS.md 2A.1): `t=<seconds>,v1=<hex>` over `<seconds>.<body>`.
package enum CertnLegacySignature {
    static let header = "Certn-Signature"

    package static func value(body: [UInt8], secret: [UInt8], secondsSinceEpoch: Int64) -> String {
        let signature = HMACText.sign(Array("\(secondsSinceEpoch).".utf8) + body, key: secret, as: .hex)
        return "t=\(secondsSinceEpoch),v1=\(signature)"
    }
}
