internal import Foundation

/// One event as it goes out: an array with this one object in it.
struct KlaviEvent: Sendable {
    /// 13 digits of milliseconds, a hyphen, 24 hex digits.
    let id: String
    let name: KlaviEventName
    let time: String
    let payload: [JSON.Member]
    let externalInfo: JSON

    /// The documentation shows `consents` for consent_authorised alone; the other events about a consent have it here
    /// as well, since nothing else would tell the customer which consent is meant.
    init(_ name: KlaviEventName, about subject: KlaviSubject, details: [JSON.Member], _ world: inout World) {
        let milliseconds = String(Int64((world.now.timeIntervalSince1970 * 1000).rounded()))
        id = String(repeating: "0", count: max(0, 13 - milliseconds.count)) + milliseconds + "-" + world.random.hex(24)
        self.name = name
        time = world.timestamp()
        var payload = subject.payload
        if name != .linkCreated {
            payload.append(JSON.Member("institutionCode", .string(subject.institutionCode ?? "")))
        }
        if name.consentStatus != nil, let consent = subject.consents.first {
            payload.append(
                JSON.Member(
                    "consents",
                    [
                        "consentId": .string(consent.id), "externalTrackId": "",
                        "institutionCode": .string(consent.institutionCode), "permissions": consent.permissions,
                    ]))
        }
        self.payload = payload + details
        externalInfo = subject.externalInfo
    }

    var json: JSON {
        [
            [
                "partnerAppId": .string(KlaviImitation.partnerAppID), "eventId": .string(id), "eventType": "api",
                "eventName": .string(name.rawValue), "eventTime": .string(time), "payload": .object(payload),
                "externalInfo": externalInfo,
            ]
        ]
    }
}

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
