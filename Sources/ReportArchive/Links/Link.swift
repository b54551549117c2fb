package import Deliveries

/// The number of a link in the ledger.
package struct LinkID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package var description: String { String(rawValue) }
}

/// Something that was asked for at a provider and that reports are to come for: a link, a case, an application.
package struct Link: Sendable, Equatable {
    package let id: LinkID
    package let createdAt: Timestamp
    package let state: LinkState
    package let order: LinkOrder
    /// Why it failed or was dismissed, in a sentence.
    package let note: String?
}

/// How far a link has come, as far as we know.
package enum LinkState: String, Sendable, CaseIterable {
    /// The provider is being asked, or was and we do not know its answer.
    case requested
    case created
    /// The provider refused.
    case failed
    /// It was taken back at the provider.
    case disabled
    /// Nobody waits for it any more.
    case dismissed

    /// Whether reports are waited for.
    package var isAwaited: Bool { self == .requested || self == .created }
}

/// What was asked for.
package struct LinkOrder: Sendable, Equatable {
    /// By API: `klavi`, `certn-legacy`, `certn-centric`, `ezid`, `certificall`.
    package var provider: String
    /// The base URL of the API.
    package var api: String
    /// What reports about it are found by: fields of theirs, such as `linkId`, and the leaves of the externalInfo.
    package var keys: [ReportField]
    package var expectations: [LinkExpectation]
    /// JSON text of an object.
    package var externalInfo: String?
    /// When the provider lets it lapse.
    package var expiresAt: Timestamp?

    package init(
        provider: String, api: String, keys: [ReportField] = [], expectations: [LinkExpectation] = [],
        externalInfo: String? = nil, expiresAt: Timestamp? = nil
    ) {
        self.provider = provider
        self.api = api
        self.keys = keys
        self.expectations = expectations
        self.externalInfo = externalInfo
        self.expiresAt = expiresAt
    }
}

/// A report that is to come for a link: its kind and, where that is not enough, a field that it has to have.
package struct LinkExpectation: Hashable, Sendable, CustomStringConvertible {
    package let kind: String
    package let field: ReportField?

    package init(_ kind: String, field: ReportField? = nil) {
        self.kind = kind
        self.field = field
    }

    /// `pf_checking_account`, `applicant:report_status=COMPLETE`; nil for anything that is neither.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first, !kind.isEmpty else { return nil }
        guard parts.count == 2 else {
            self.init(String(kind), field: nil)
            return
        }
        let field = parts[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard field.count == 2, !field[0].isEmpty else { return nil }
        self.init(String(kind), field: ReportField(String(field[0]), String(field[1])))
    }

    package var description: String {
        field.map { "\(kind):\($0.name)=\($0.value)" } ?? kind
    }
}

/// What became of a link, told to the ledger afterwards.
package enum LinkChange: Sendable, Equatable {
    /// The provider answered; these keys are known now.
    case created(keys: [ReportField], expiresAt: Timestamp?)
    case failed(note: String)
    case disabled
    case dismissed(note: String)
    /// It lapses at another time.
    case rescheduled(expiresAt: Timestamp)
}
