internal import Foundation

/// Klavi's proof (PROVIDERS.md 1.1.2): the body alone is signed; the timestamp beside it is not.
package enum KlaviSignature {
    static let header = "X-Klavi-Signature"
    static let timestampHeader = "X-Klavi-Timestamp"

    package static func value(body: [UInt8], secret: [UInt8]) -> String {
        HMACText.sign(body, key: secret, as: .hex)
    }
}

/// The proof of Certn's legacy API (PROVIDERS.md 2A.1): `t=<seconds>,v1=<hex>` over `<seconds>.<body>`.
package enum CertnLegacySignature {
    static let header = "Certn-Signature"

    package static func value(body: [UInt8], secret: [UInt8], secondsSinceEpoch: Int64) -> String {
        let signature = HMACText.sign(Array("\(secondsSinceEpoch).".utf8) + body, key: secret, as: .hex)
        return "t=\(secondsSinceEpoch),v1=\(signature)"
    }
}

/// The proof of Certn's Centric API (PROVIDERS.md 2B.1): over the body, with no time.
package enum CertnCentricSignature {
    static let header = "X-Signature"

    package static func value(body: [UInt8], secret: [UInt8], as encoding: SignatureEncoding = .hex) -> String {
        HMACText.sign(body, key: secret, as: encoding)
    }
}

/// Certificall's three ways to prove where a webhook comes from (PROVIDERS.md 4.1), all in `Authorization`.
package enum CertificallAuthorization {
    static let header = "Authorization"
    static let hmacPrefix = "HMAC-SHA256 "
    static let bearerPrefix = "Bearer "
    static let basicPrefix = "Basic "

    package static func hmac(
        apiKey: String, body: [UInt8], secret: [UInt8], as encoding: SignatureEncoding
    ) -> String {
        "\(hmacPrefix)\(apiKey):\(HMACText.sign(body, key: secret, as: encoding))"
    }

    package static func bearer(token: String) -> String {
        bearerPrefix + token
    }

    package static func basic(user: String, password: String) -> String {
        basicPrefix + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// The API key and the encoding of a recorded HMAC value; nil where it has no colon.
    static func parts(ofHMAC value: String) -> (apiKey: String, encoding: SignatureEncoding)? {
        let credentials = value.dropFirst(hmacPrefix.count)
        guard let colon = credentials.lastIndex(of: ":") else { return nil }
        let signature = credentials[credentials.index(after: colon)...]
        return (String(credentials[..<colon]), SignatureEncoding(of: signature))
    }

    /// The user of a recorded Basic value; empty where the value cannot be read.
    static func user(ofBasic value: String) -> String {
        let decoded = Data(base64Encoded: String(value.dropFirst(basicPrefix.count))) ?? Data()
        return String(decoding: decoded.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }
}

/// The `code` of an EZiD magic link (PROVIDERS.md 3.1): a compact JWT, HS256, with a key that only EZiD has.
package enum EZiDCode {
    package static func value(
        uuid: String, issuedAtSeconds: Int64, expiresAtSeconds: Int64, key: [UInt8]
    ) -> String {
        JSONWebToken.hs256(
            claims: ["uuid": .string(uuid), "iat": .integer(issuedAtSeconds), "exp": .integer(expiresAtSeconds)],
            key: key)
    }
}
