/// Names of fields whose values open something.
enum SecretNames {
    /// What stands where a secret was.
    static let mask = "(hidden)"

    private static let names: Set<String> = [
        "accesskey", "accesstoken", "apikey", "authcode", "authorization", "clientsecret", "code", "cookie", "idtoken",
        "jwt", "linktoken", "otp", "partnertoken", "passwd", "password", "refreshtoken", "secret", "secretkey", "sig",
        "token", "xapikey",
    ]

    /// Whether the value under `name` is hidden: the names of every provider, however spelled, and what signed
    /// addresses carry in their queries.
    static func contains(_ name: String) -> Bool {
        let plain = name.lowercased().filter { $0 != "_" && $0 != "-" }
        return names.contains(plain) || plain.contains("signature") || plain.contains("credential")
            || plain.contains("securitytoken") || plain.contains("password") || plain.contains("secret")
    }
}
