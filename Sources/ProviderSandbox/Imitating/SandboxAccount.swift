/// The credentials and secrets of the one customer that the imitated providers have. Worthless, the same in every sandbox,
/// and those of `samples/secrets` where a delivery is signed with them.
package enum SandboxAccount {
    package static let klaviAccessKey = "sandbox-access-key"
    /// Logs in and signs, as Klavi has it (PROVIDERS.md 1.1.2).
    package static let klaviSecretKey = "klavi-test-secret"

    package static let certnClientID = "sandbox-client"
    package static let certnClientSecret = "sandbox-client-secret"
    package static let certnLegacyWebhookSecret = "certn-test-secret"

    package static let centricAPIKey = "sk_test_sandbox"
    package static let centricWebhookSecret = "centric-test-secret"

    package static let ezidClientID = "ezid-sandbox-client"
    package static let ezidClientSecret = "ezid-sandbox-secret"
    /// Signs the code of an e-mail link; a customer never has it (PROVIDERS.md 3.1).
    package static let ezidCodeKey = "ezid-test-secret"

    package static let certificallUser = "sandbox"
    package static let certificallPassword = "sandbox-password"
    package static let certificallWebhookToken = "certificall-test-token"
    package static let certificallAPIKey = "callbox-test-key"
    package static let certificallAPISecret = "certificall-api-secret"
    package static let certificallBasicUser = "hook"
    package static let certificallBasicPassword = "pw"
}
