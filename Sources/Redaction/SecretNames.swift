internal import Deliveries

/// The names of credentials. `NameMeaning` has the names of personal data. A provider's own names are passed as
/// arguments.
package enum SecretNames {
    /// The names in lower case without `-` and `_`. A name must match completely, because harmless names such as
    /// `tspTokenHash` contain secret names.
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

    /// Names that mean credentials in a query or a call. In a report they are ordinary words.
    private static let callCredentials: Set<String> = ["code", "key"]

    /// The parts by which names of secret headers are recognised.
    private static let headerParts = parts(
        "access-key", "api-key", "apikey", "assertion", "authorization", "cookie", "credential", "passphrase",
        "password", "secret", "session-id", "sessionid", "signature", "token")
    private static let callParts = parts("signature", "credential", "securitytoken", "password", "secret")

    /// Identifiers that the caller of an API chooses. Transcripts show these identifiers.
    private static let callerChosen: Set<String> = ["magiclinktoken", "reporttoken"]

    /// True if a member of a report or a form is a credential.
    package static func isCredential(_ name: String) -> Bool {
        credentials.contains(plain(name))
    }

    /// True if a header contains a credential or a signature.
    ///
    /// - Parameter others: a provider's own secret headers, in lower case.
    package static func isSecretHeader(_ name: String, others: Set<String> = []) -> Bool {
        contains(name, headerParts) || !others.isEmpty && others.contains(name.lowercased())
    }

    /// True if a query parameter contains a credential.
    ///
    /// - Parameter others: a provider's own secret parameters, in lower case.
    package static func isSecretParameter(_ name: String, others: Set<String> = []) -> Bool {
        let plain = plain(name)
        return credentials.contains(plain) || callCredentials.contains(plain) || others.contains(name.lowercased())
    }

    /// True if the transcript of an API call must mask a field of the call or of a signed URL.
    package static func isSecretInCall(_ name: String) -> Bool {
        let plain = plain(name)
        guard !callerChosen.contains(plain) else { return false }
        return credentials.contains(plain) || callCredentials.contains(plain)
            || contains(plain, callParts)
    }

    private static func parts(_ texts: String...) -> [[UInt8]] {
        texts.map { Array($0.utf8) }
    }

    /// Compares bytes and ignores the case of ASCII letters. This is fast enough for replays, which check each header.
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
