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

    /// Stands for a consent without an end, as Open Finance Brasil writes it.
    static let noEnd = Date(timeIntervalSince1970: 10_413_792_000)

    let id: String
    let linkID: String
    /// Empty where the consent came from a link's page.
    var externalTrackID = ""
    var personalTaxID: String
    var businessTaxID: String
    var institutionCode: String
    var storedStatus: Status
    var applied = KlaviPermission.allCases
    var granted: [KlaviPermission] = []
    var expiresAt: Date
    let createdAt: Date
    var updatedAt: Date
    /// Only where the customer draws its own pages and asked with POST /consents.
    var redirectURL: String?

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
            "consentId": .string(id), "linkId": .string(linkID), "externalTrackId": .string(externalTrackID),
            "personalTaxId": .string(personalTaxID), "businessTaxId": .string(businessTaxID),
            "institutionCode": .string(institutionCode), "status": .string(status(at: now).rawValue),
            "permissionsApply": .array(applied.map { .string($0.rawValue) }),
            "permissionsGranted": .array(granted.map { .string($0.rawValue) }),
            "expireAt": .string(KlaviTime.text(expiresAt)), "createdAt": .string(KlaviTime.text(createdAt)),
            "updatedAt": .string(KlaviTime.text(updatedAt)),
        ]
    }

    /// 12 months from a time, or no end for 0.
    static func end(months: Int, after date: Date) -> Date {
        guard months > 0 else { return noEnd }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(byAdding: .month, value: months, to: date) ?? noEnd
    }
}
