internal import Foundation

/// The deliveries of the legacy API: the whole applicant, signed with the time of each attempt (PROVIDERS.md 2A.1).
enum CertnLegacyWebhook {
    static let kind = "applicant"
    static let teamHeader = "Certn-Team-ID"

    /// Three more tries after these answers, and where none came; everything else is the end.
    static let policy = RetryPolicy(waits: [1, 2, 4]) { ![408, 500, 502, 503, 504].contains($0) }

    static func callback(_ document: CertnApplicantDocument, url: String, delay: TimeInterval = 0) -> Callback {
        Callback(
            provider: CertnLegacyImitation.name, kind: kind, url: url, group: document.applicant.id, delay: delay,
            policy: policy, reference: document.applicant.id
        ) {
            document.json.bytes
        } makeProof: { body, conditions in
            let value = CertnLegacySignature.value(
                body: body, secret: conditions.secret(SandboxAccount.certnLegacyWebhookSecret),
                secondsSinceEpoch: conditions.secondsSinceEpoch)
            return [
                HeaderLine(CertnLegacySignature.header, value), HeaderLine(teamHeader, CertnOrganization.teamID),
            ]
        }
    }
}
