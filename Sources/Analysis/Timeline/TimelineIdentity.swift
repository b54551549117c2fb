internal import Deliveries
internal import Journal
internal import ReportIndex

/// An identifier of a link, case or person. Providers may use different field names for the identifier.
struct TimelineIdentity: Hashable {
    /// The identity families that have the same name as this identifier. Equal identities have the same families.
    private let families: [IdentityFamily]
    let value: String

    /// Nil for a field that does not identify anything.
    init?(_ field: ReportField, api: String, in identities: [IdentityFamily]) {
        guard let family = identities.family(of: field, api: api) else { return nil }
        self.families = identities.filter { $0.name == family.name }
        self.value = field.value
    }

    /// One filter per field name. Together, the filters find all reports with this identifier.
    var filters: [ReportFilter] {
        families.flatMap { family in
            family.fieldNames.map { name in
                var filter = ReportFilter()
                filter.fields = [ReportField(name, value)]
                filter.folds = true
                filter.providers = family.api.map { [$0] } ?? []
                return filter
            }
        }
    }

    /// The fields that identify a link by this identifier. The list contains one field per field name.
    var fields: [ReportField] {
        families.flatMap(\.fieldNames).map { ReportField($0, value) }
    }
}
