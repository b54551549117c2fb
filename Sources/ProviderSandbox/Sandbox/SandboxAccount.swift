/// The credentials and secrets of the only customer of the fakes. They are worthless and the same in every sandbox.
/// Secrets that sign deliveries equal those in `samples/secrets`.
enum SandboxAccount {
    static let klaviAccessKey = "sandbox-access-key"
    static let klaviSecretKey = "klavi-test-secret"
    static let certnClientID = "sandbox-client"
    static let certnClientSecret = "sandbox-client-secret"
    static let certnWebhookSecret = "certn-test-secret"
    static let centricAPIKey = "sk_test_sandbox"
    static let centricWebhookSecret = "centric-test-secret"
    static let ezidClientID = "ezid-sandbox-client"
    static let ezidClientSecret = "ezid-sandbox-secret"
    /// The key that signs the code of an email link. A customer never receives the key.
    static let ezidCodeKey = "ezid-test-secret"
    static let certificallUser = "sandbox"
    static let certificallPassword = "sandbox-password"
    static let certificallWebhookToken = "certificall-test-token"
    static let certificallAPIKey = "callbox-test-key"
    static let certificallAPISecret = "certificall-api-secret"
    static let certificallBasicUser = "hook"
    static let certificallBasicPassword = "pw"

    static func guide(baseURL: String) -> [String] {
        [
            "",
            "klavi          \(baseURL)/data/v1          accessKey \(klaviAccessKey), secretKey \(klaviSecretKey)",
            "certn-legacy   \(baseURL)                  client \(certnClientID) / \(certnClientSecret)",
            "certn-centric  \(baseURL)                  Api-Key \(centricAPIKey)",
            "ezid           \(baseURL)                  client \(ezidClientID) / \(ezidClientSecret), e-mails at \(baseURL)/mailbox",
            "certificall    \(baseURL)/certificall/api  user \(certificallUser) / \(certificallPassword)",
            "",
        ]
    }
}
