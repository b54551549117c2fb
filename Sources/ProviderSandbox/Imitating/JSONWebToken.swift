internal import Foundation

/// Compact JWTs (RFC 7519) for the tokens that the imitated APIs give out.
enum JSONWebToken {
    /// The first two parts of a token: what is signed.
    static func signingInput(algorithm: String, claims: JSON) -> String {
        let header: JSON = ["alg": .string(algorithm), "typ": "JWT"]
        return "\(base64URL(Data(header.bytes))).\(base64URL(Data(claims.bytes)))"
    }

    /// A whole token, signed with a shared key.
    static func hs256(claims: JSON, key: [UInt8]) -> String {
        let input = signingInput(algorithm: "HS256", claims: claims)
        return "\(input).\(base64URL(Data(HMACText.code(of: Array(input.utf8), key: key))))"
    }

    /// The URL-safe alphabet without padding (RFC 7515 §2).
    static func base64URL(_ bytes: Data) -> String {
        String(
            bytes.base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }
}
