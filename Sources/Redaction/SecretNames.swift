internal import Deliveries

/// The one list of names whose values prove or open something. `NameMeaning` has the names of personal data.
///
/// Names that only one provider uses are its own (`Providers`) and passed in.
package enum SecretNames {
    /// Whole names in lower case without `-` and `_`. Parts of them are in harmless names as well, such as `tspTokenHash`.
    private static let credentials: Set<String> = [
        "accesskey", "accesstoken", "apikey", "apitoken", "authcode", "authorization", "authtoken", "clientsecret",
        "cookie", "idtoken", "jwt", "linktoken", "magiclinktoken", "oauthtoken", "otp", "partnertoken", "passwd",
        "password", "privatekey", "refreshtoken", "reporttoken", "secret", "secretkey", "sessiontoken", "signature",
        "token", "webhooksecret", "xapikey",
    ]

    /// Credentials in a query or a call, but ordinary words in a report.
    private static let callCredentials: Set<String> = ["code", "sig"]

    /// Parts of the names of headers and of fields of a call.
    private static let headerParts = ["authorization", "cookie", "api-key", "signature", "token", "secret", "password"]
    private static let callParts = ["signature", "credential", "securitytoken", "password", "secret"]

    /// Identifiers that the caller of an API chose; a transcript of the call shows them.
    private static let callerChosen: Set<String> = ["magiclinktoken", "reporttoken"]

    /// Whether the member of a report or a form has a credential.
    package static func isCredential(_ name: String) -> Bool {
        credentials.contains(plain(name))
    }

    /// - Parameter others: a provider's own secret headers, in lower case.
    package static func isSecretHeader(_ name: String, others: Set<String> = []) -> Bool {
        let name = name.lowercased()
        return headerParts.contains { name.contains($0) } || others.contains(name)
    }

    /// - Parameter others: a provider's own secret parameters, in lower case.
    package static func isSecretParameter(_ name: String, others: Set<String> = []) -> Bool {
        let plain = plain(name)
        return credentials.contains(plain) || callCredentials.contains(plain) || others.contains(name.lowercased())
    }

    /// Whether a field of an API call or of a signed address is hidden in its transcript.
    package static func isSecretInCall(_ name: String) -> Bool {
        let plain = plain(name)
        guard !callerChosen.contains(plain) else { return false }
        return credentials.contains(plain) || callCredentials.contains(plain)
            || callParts.contains { plain.contains($0) }
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }
}
