internal import Foundation

/// A notification: four identifiers and words, no status (PROVIDERS.md 2B.1).
struct CentricEvent: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case caseStatusChanged = "CASE_STATUS_CHANGED"
        case checkStatusChanged = "CHECK_STATUS_CHANGED"
        case caseReportReady = "CASE_REPORT_READY"
        case inputClaimsGenerated = "CASE_INPUT_CLAIMS_AUTOMATICALLY_GENERATED"
    }

    static let objectType = "CASE"

    let id: String
    let kind: Kind
    let caseID: String
    /// When it happens, which may be still to come.
    let at: Date

    init(_ kind: Kind, caseID: String, at: Date, _ world: inout World) {
        id = world.random.uuid()
        self.kind = kind
        self.caseID = caseID
        self.at = at
    }

    /// As it is delivered, in the documented order.
    var json: JSON {
        [
            "id": .string(id), "event_type": .string(kind.rawValue), "object_id": .string(caseID),
            "object_type": .string(Self.objectType),
        ]
    }
}
