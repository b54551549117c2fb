internal import Crypto
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// Creates signatures as the providers do (docs/providers). Callbox checks the signatures with other code.
enum Signature {
    static let klaviHeader = "X-Klavi-Signature"
    static let klaviTimeHeader = "X-Klavi-Timestamp"
    static let certnHeader = "Certn-Signature"
    static let centricHeader = "X-Signature"

    /// HMAC-SHA256 over only the body, in hexadecimal: Klavi, Certn Centric and Certificall.
    static func hex(_ message: [UInt8], _ secret: String) -> String {
        Hex.encode(code(message, secret))
    }

    static func base64(_ message: [UInt8], _ secret: String) -> String {
        Data(code(message, secret)).base64EncodedString()
    }

    /// Certn's legacy API: `t=<seconds>,v1=<hex>` over `<seconds>.<body>`.
    static func certn(_ body: [UInt8], _ secret: String, secondsSinceEpoch: Int64) -> String {
        "t=\(secondsSinceEpoch),v1=\(hex(Array("\(secondsSinceEpoch).".utf8) + body, secret))"
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// A compact JWT (RFC 7519) with HS256.
    static func token(claims: JSON, key: String) -> String {
        let input = tokenInput(algorithm: "HS256", claims: claims)
        return "\(input).\(base64URL(Data(code(Array(input.utf8), key))))"
    }

    static func tokenInput(algorithm: String, claims: JSON) -> String {
        let header: JSON = ["alg": "\(algorithm)", "typ": "JWT"]
        return "\(base64URL(Data(header.bytes))).\(base64URL(Data(claims.bytes)))"
    }

    /// URL-safe base64 without padding (RFC 7515 §2).
    static func base64URL(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func code(_ message: [UInt8], _ secret: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Data(secret.utf8)))
    }
}
