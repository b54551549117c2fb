internal import Foundation

/// The address that an e-mail link has: the customer's own, with `code`, `callback_url` and sometimes `login_hint`
/// behind it (PROVIDERS.md 3.1).
enum EZiDLinkURL {
    static let preset = "http://localhost:3000"

    /// Whether a browser can be sent there: http or https, with a host.
    static func isAcceptable(_ text: String) -> Bool {
        guard let url = URL(string: text, encodingInvalidCharacters: false), let host = url.host() else { return false }
        return ["http", "https"].contains(url.scheme?.lowercased()) && !host.isEmpty
    }

    /// Joined by `&` where the address already has a query; a fragment stays at the end.
    static func joined(base: String, code: String, callbackURL: String?, loginHint: String?) -> String {
        let parts = base.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts.first ?? "")
        var query = "code=\(code)&callback_url=\(callbackURL.map(encoded) ?? "unspecified")"
        if let loginHint { query += "&login_hint=\(encoded(loginHint))" }
        let joint =
            if !address.contains("?") { "?" } else if address.hasSuffix("?") || address.hasSuffix("&") { "" } else {
                "&"
            }
        return address + joint + query + (parts.count > 1 ? "#\(parts[1])" : "")
    }

    /// What `encodeURIComponent` makes of it.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var result = String.UnicodeScalarView()
        for byte in text.utf8 {
            switch UnicodeScalar(byte) {
            case "A"..."Z", "a"..."z", "0"..."9", "-", "_", ".", "!", "~", "*", "'", "(", ")":
                result.append(UnicodeScalar(byte))
            default:
                result.append("%")
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 0x0f)])
            }
        }
        return String(result)
    }
}
