/// The events of the general partners' list, and one of the regulated institutions' (PROVIDERS.md 1.1.5).
enum KlaviEventName: String, Sendable, CaseIterable {
    case linkCreated = "link_created"
    case consentAuthorised = "consent_authorised"
    case consentError = "consent_error"
    case consentRejected = "consent_rejected"
    case consentExpired = "consent_expired"
    case consentRevoked = "consent_revoked"
    case consentDeletedByUser = "consent_deleted_by_user"
    case productRequestReceived = "product_request_received"
    case productGeneratedSuccess = "product_generated_success"
    case productGeneratedFailed = "product_generated_failed"
    case linkActionStatus = "link_action_status"

    /// What a consent becomes with this event; nil for events about something else.
    var consentStatus: KlaviConsent.Status? {
        switch self {
        case .consentAuthorised: .authorised
        case .consentError: .error
        case .consentRejected: .rejected
        case .consentExpired: .expired
        case .consentRevoked: .revoked
        case .consentDeletedByUser: .deletedByUser
        default: nil
        }
    }
}
