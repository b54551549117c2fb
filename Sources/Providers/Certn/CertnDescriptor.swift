internal import Deliveries

extension CertnProvider {
    static let descriptor: ProviderDescriptor = {
        var certn = ProviderDescriptor(
            name: "certn", title: "Certn",
            apis: [
                .init(name: "certn-legacy", messageMembers: ["modified", "last_updated"]),
                .init(name: "certn-centric", messageMembers: ["modified", "last_updated", "pdf_url"]),
            ])
        certn.identities = [
            IdentityFamily("case", ["object_id"], subject: .case),
            // In a Centric body, `id` identifies the message, not the applicant.
            IdentityFamily("applicant", ["id"], subject: .case, api: "certn-legacy"),
            IdentityFamily("applicant", ["application.applicant.id"]),
            IdentityFamily("application", ["application.id"]),
            IdentityFamily("email", ["applicant_account.email"], subject: .subject),
            IdentityFamily("email", ["email_address"]),
        ]
        certn.stateFields = ["report_status", "status", "case_status", "overall_status", "result"]
        // A secret that is not assigned to an API is tried for both APIs.
        certn.secretPurposes = [.signature, .legacy, .centric]
        certn.defaultSecrets = [
            .init(variable: "CALLBOX_CERTN_LEGACY_SECRET", purpose: .legacy),
            .init(variable: "CALLBOX_CERTN_CENTRIC_SECRET", purpose: .centric),
        ]
        certn.schemes = [
            OfflineScheme("certn-legacy", .certnLegacy), OfflineScheme("certn-centric", .certnCentric),
        ]
        certn.registration.instructions =
            "Register webhookURL in the Client Portal (Centric) and in the team's settings (legacy)."
        certn.callableAPIs = [CertnLegacyAPI.description, CentricAPI.description]
        return certn
    }()
}

extension SecretPurpose {
    /// The key of `Certn-Signature`. The identity of this key is the team.
    package static let legacy = SecretPurpose("legacy", identity: .possible)
    /// The key of Centric's `X-Signature`.
    package static let centric = SecretPurpose("centric")
}

extension HMACScheme {
    /// `Certn-Signature: t=…,v1=…` over the time, a dot and the body (certn-reference: Legacy signature).
    package static let certnLegacy: HMACScheme = {
        var scheme = HMACScheme(header: "Certn-Signature")
        scheme.layout = .elements(time: "t", signature: "v1")
        scheme.signed = [.timestamp, .text("."), .body]
        return scheme
    }()

    /// `X-Signature` over the body (certn-reference: Centric signature).
    package static let certnCentric: HMACScheme = {
        var scheme = HMACScheme(header: "X-Signature")
        scheme.encoding = .hexOrBase64
        return scheme
    }()
}
