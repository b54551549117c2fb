internal import Deliveries

/// The names of credentials. `NameMeaning` has those of personal data; a provider's own names are passed in.
package enum SecretNames {
    /// Whole names in lower case without `-` and `_`: harmless names such as `tspTokenHash` contain them.
    private static let credentials: Set<String> = [
        "accesskey", "accesstoken", "apikey", "apitoken", "authcode", "authorization", "authtoken", "clientsecret",
        "cookie", "idtoken", "jwt", "linktoken", "magiclinktoken", "oauthtoken", "otp", "partnertoken", "passwd",
        "password", "privatekey", "refreshtoken", "reporttoken", "secret", "secretkey", "sessiontoken", "signature",
        "token", "webhooksecret", "xapikey",
    ]

    /// Credentials in a query or a call, ordinary words in a report.
    private static let callCredentials: Set<String> = ["code", "sig"]

    /// Parts of the names of headers and of fields of a call.
    private static let headerParts = parts(
        "authorization", "cookie", "api-key", "signature", "token", "secret", "password")
    private static let callParts = parts("signature", "credential", "securitytoken", "password", "secret")

    /// Identifiers chosen by the caller of an API; transcripts show them.
    private static let callerChosen: Set<String> = ["magiclinktoken", "reporttoken"]

    /// True if a member of a report or a form is a credential.
    package static func isCredential(_ name: String) -> Bool {
        credentials.contains(plain(name))
    }

    /// - Parameter others: a provider's own secret headers, in lower case.
    package static func isSecretHeader(_ name: String, others: Set<String> = []) -> Bool {
        contains(name, headerParts) || !others.isEmpty && others.contains(name.lowercased())
    }

    /// - Parameter others: a provider's own secret parameters, in lower case.
    package static func isSecretParameter(_ name: String, others: Set<String> = []) -> Bool {
        let plain = plain(name)
        return credentials.contains(plain) || callCredentials.contains(plain) || others.contains(name.lowercased())
    }

    /// True if a field of an API call or of a signed URL is masked in its transcript.
    package static func isSecretInCall(_ name: String) -> Bool {
        let plain = plain(name)
        guard !callerChosen.contains(plain) else { return false }
        return credentials.contains(plain) || callCredentials.contains(plain)
            || contains(plain, callParts)
    }

    private static func parts(_ texts: String...) -> [[UInt8]] {
        texts.map { Array($0.utf8) }
    }

    /// By bytes, regardless of the case of ASCII letters: replays ask this for each header.
    private static func contains(_ name: String, _ parts: [[UInt8]]) -> Bool {
        let bytes = name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return parts.contains { part in
            bytes.count >= part.count
                && (0...bytes.count - part.count).contains { start in
                    bytes[start] == part[0] && bytes[start..<start + part.count].elementsEqual(part)
                }
        }
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }
}
