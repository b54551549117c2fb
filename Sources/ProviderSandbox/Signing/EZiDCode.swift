internal import Foundation

/// The `code` of an EZiD magic link (PROVIDERS.md 3.1): a compact JWT, HS256, with a key that only EZiD has.
package enum EZiDCode {
    package static func value(
        uuid: String, issuedAtSeconds: Int64, expiresAtSeconds: Int64, key: [UInt8]
    ) -> String {
        let header = base64URL(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let claims = base64URL(
            Array(#"{"uuid":"\#(uuid)","iat":\#(issuedAtSeconds),"exp":\#(expiresAtSeconds)}"#.utf8))
        let signed = "\(header).\(claims)"
        return "\(signed).\(base64URL(HMACText.code(of: Array(signed.utf8), key: key)))"
    }

    /// RFC 7515 §2: the URL-safe alphabet, no padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
