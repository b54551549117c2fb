internal import Deliveries

extension CertificallProvider {
    static let descriptor: ProviderDescriptor = {
        var certificall = ProviderDescriptor(name: "certificall", title: "Certificall")
        certificall.identities = [
            // One reportId covers several certificates (certificall-reference: Identifiers).
            IdentityFamily("certificates", ["reportId"]),
            IdentityFamily("certificate", ["cfRef"], subject: .case),
        ]
        certificall.stateFields = ["closed"]
        certificall.secretPurposes = [.bearer, .hmac, .basic]
        certificall.defaultSecrets = [.init(variable: "CALLBOX_CERTIFICALL_TOKEN", purpose: .bearer)]
        certificall.schemes = [
            scheme("certificall-hmac", .hmac, .signature(CertificallAuthorization.sign)),
            scheme(
                "certificall-bearer", .bearer,
                .secretItself(
                    advice: "Send 'Authorization: Bearer' and the token.", header: CertificallAuthorization.bearer)),
            scheme(
                "certificall-basic", .basic,
                .secretItself(
                    advice: "Send 'Authorization: Basic' and base64 of user:password.",
                    header: CertificallAuthorization.basic)),
        ]
        certificall.registration.instructions =
            "Send webhookURL to your contact at Certificall; agree on the scheme and its secret."
        certificall.callableAPIs = [CertificallAPI.description]
        return certificall
    }()

    private static func scheme(
        _ name: String, _ purpose: SecretPurpose, _ proof: OfflineScheme.Proof
    ) -> OfflineScheme {
        OfflineScheme(
            name, purpose: purpose, proof: proof, header: "Authorization", signaturePrefix: "HMAC-SHA256 ",
            companions: ["X-Api-Key"], check: CertificallAuthorization.check)
    }
}

extension SecretPurpose {
    /// The key of `Authorization: HMAC-SHA256`. The identity of this key is the API key.
    package static let hmac = SecretPurpose("hmac", identity: .needed(called: "API key"))
}
