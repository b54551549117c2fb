internal import Deliveries

/// The names of credentials. `NameMeaning` contains the names of personal data. A provider's own names are passed as
/// arguments.
package enum SecretNames {
    /// Names in lower case without `-` and `_`. They must match completely, because harmless names such as
    /// `tspTokenHash` contain them.
    private static let credentials: Set<String> = [
        "accesskey", "accesstoken", "apikey", "apisecret", "apisecretkey", "apitoken", "appsecret", "assertion",
        "authcode", "authenticationtoken", "authorization", "authorizationcode", "authtoken", "bearertoken",
        "clientassertion", "clientsecret", "codeverifier", "consumersecret", "cookie", "credential", "credentials",
        "csrftoken", "cvc", "cvv", "encryptionkey", "hmac", "idtoken", "jwt", "linktoken", "magiclinktoken", "mfacode",
        "oauthtoken", "onetimepassword", "otp", "otpcode", "partnertoken", "passcode", "passphrase", "passwd",
        "password", "pin", "privatekey", "pwd", "refreshtoken", "reporttoken", "samlassertion", "samlresponse",
        "secret", "secretaccesskey", "secretkey", "securitycode", "securitytoken", "sessioncookie", "sessionid",
        "sessionkey", "sessiontoken", "setcookie", "sharedsecret", "sig", "signature", "signingkey", "signingsecret",
        "token", "totp", "verificationcode", "webhooksecret", "xapikey",
    ]

    /// Names of credentials in a query or a call, which are ordinary words in a report.
    private static let callCredentials: Set<String> = ["code", "key"]

    /// Parts of secret names of headers and of call fields.
    private static let headerParts = parts(
        "access-key", "api-key", "apikey", "assertion", "authorization", "cookie", "credential", "passphrase",
        "password", "secret", "session-id", "sessionid", "signature", "token")
    private static let callParts = parts("signature", "credential", "securitytoken", "password", "secret")

    /// Identifiers chosen by the caller of an API, which transcripts show.
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

    /// Compares bytes, ignoring the case of ASCII letters, because replays check each header.
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
