internal import Foundation

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
