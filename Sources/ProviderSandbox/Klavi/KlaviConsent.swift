internal import Foundation

/// One person's consent at one institution, for one link.
struct KlaviConsent: Sendable {
    /// Spelt as in the API (PROVIDERS.md 1.4).
    enum Status: String, Sendable {
        case started = "STARTED"
        case awaitingAuthorisation = "AWAITING_AUTHORISATION"
        case authorised = "AUTHORISED"
        case error = "ERROR"
        case rejected = "REJECTED"
        case expired = "EXPIRED"
        case revoked = "REVOKED"
        case deletedByUser = "DELETED_BY_USER"
    }

    let id: String
    let linkID: String
    var personalTaxID: String
    var businessTaxID: String
    var institutionCode: String
    var storedStatus: Status
    var applied = KlaviPermission.allCases
    var granted: [KlaviPermission] = []
    var expiresAt: Date
    let createdAt: Date
    var updatedAt: Date

    /// A consent ends by itself when its time is over.
    func status(at now: Date) -> Status {
        storedStatus == .authorised && now >= expiresAt ? .expired : storedStatus
    }

    /// The `permissions` object of events and reports.
    var permissions: JSON {
        .object(
            applied.map {
                JSON.Member(
                    $0.rawValue, ["permissionsGranted": .bool(granted.contains($0)), "accountIds": []])
            })
    }

    func json(at now: Date) -> JSON {
        [
            "consentId": .string(id), "linkId": .string(linkID), "externalTrackId": "",
            "personalTaxId": .string(personalTaxID), "businessTaxId": .string(businessTaxID),
            "institutionCode": .string(institutionCode), "status": .string(status(at: now).rawValue),
            "permissionsApply": .array(applied.map { .string($0.rawValue) }),
            "permissionsGranted": .array(granted.map { .string($0.rawValue) }),
            "expireAt": .string(KlaviTime.text(expiresAt)), "createdAt": .string(KlaviTime.text(createdAt)),
            "updatedAt": .string(KlaviTime.text(updatedAt)),
        ]
    }

    /// Twelve months after a time.
    static func end(after date: Date) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(byAdding: .month, value: 12, to: date) ?? .distantFuture
    }
}

/// What a person may let an institution hand over.
enum KlaviPermission: String, Sendable, CaseIterable {
    case registration = "REGISTRATION_ALL"
    case accounts = "ACCOUNTS_ALL"
    case creditCards = "CREDIT_CARDS_ALL"
    case creditOperations = "CREDIT_OPERATIONS_ALL"
    case investments = "INVESTMENTS_ALL"
}
