internal import Deliveries

extension KlaviProvider {
    static let descriptor: ProviderDescriptor = {
        var klavi = ProviderDescriptor(
            name: "klavi", title: "Klavi",
            apis: [
                .init(
                    name: "klavi",
                    messageMembers: [
                        "requestId", "productReportId", "productReportTime", "eventId", "eventID", "eventTime",
                        "report_id",
                    ])
            ])
        klavi.identities = [
            IdentityFamily("link", ["linkId"], subject: .link),
            IdentityFamily("connection", ["connection_id"], subject: .link),
            IdentityFamily(
                "taxID", ["enquiryCpf", "enquiryCnpj", "personalTaxId", "businessTaxId", "enquiry_cpf"],
                subject: .subject),
        ]
        klavi.stateFields = ["code"]
        klavi.redirectType = ReportContent.redirectType
        klavi.secretPurposes = [.signature]
        klavi.defaultSecrets = [.init(variable: "CALLBOX_KLAVI_SECRET", purpose: .signature)]
        klavi.schemes = [OfflineScheme("klavi", .klavi)]
        klavi.unsignedTimeHeader = "X-Klavi-Timestamp"
        klavi.registration = ProviderDescriptor.Registration(
            routes: .init(name: "productsCallbackURL", excludedTypes: typesWithoutCallbackURL),
            addresses: [.init(name: "eventsURL", path: "/events"), .init(name: "redirectURL", path: "/return")],
            instructions: "Send productsCallbackURL and redirectURL with each create-link call; "
                + "enter eventsURL in Klavi's console.")
        klavi.callableAPIs = [KlaviAPI.description]
        return klavi
    }()

    /// The types that arrive at the event webhook of the console or through a browser redirect. productsCallbackURL has
    /// no keys for them (klavi-reference: Events; klavi-reference: Browser redirect).
    package static let typesWithoutCallbackURL: Set<String> = [
        "link_created", "link_action_status", "consent_authorised", "consent_error", "consent_rejected",
        "consent_expired",
        "consent_revoked", "consent_deleted_by_user", "product_request_received", "product_generated_success",
        "product_generated_failed", "analysis_finished", "redirect", ReportContent.unrecognisedType,
    ]
}

extension HMACScheme {
    /// `X-Klavi-Signature` over the body (klavi-reference: Signature).
    package static let klavi = HMACScheme(header: "X-Klavi-Signature")
}
