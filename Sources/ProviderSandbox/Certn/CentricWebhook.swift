internal import Foundation

/// The requests that Centric makes to its customer: the challenge and the notifications (PROVIDERS.md 2B.1).
enum CentricWebhook {
    static let challengeKind = "challenge"

    /// Nothing is known of retries: three tries in all, for answers that ask for one.
    static let policy = RetryPolicy(waits: [1, 2]) { $0 < 500 && $0 != 408 && $0 != 429 }

    /// Asked once, for ten seconds at most.
    static let challengePolicy = RetryPolicy(timeLimit: .seconds(10)) { _ in true }

    static func callback(_ event: CentricEvent, url: String, delay: TimeInterval) -> Callback {
        Callback(
            provider: CertnCentricImitation.name, kind: event.kind.rawValue, url: url, group: event.caseID,
            delay: delay, policy: policy, reference: event.caseID
        ) {
            event.json.bytes
        } makeProof: { body, conditions in
            let secret = conditions.secret(SandboxAccount.centricWebhookSecret)
            return [
                HeaderLine(CertnCentricSignature.header, CertnCentricSignature.value(body: body, secret: secret))
            ]
        }
    }

    static func challenge(url: String) -> Callback {
        Callback(
            provider: CertnCentricImitation.name, kind: challengeKind, method: "GET", url: url, group: url,
            policy: challengePolicy
        ) {
            []
        } makeProof: { _, _ in
            []
        }
    }
}
