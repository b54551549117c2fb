internal import Deliveries
internal import Journal
internal import ReportIndex

/// An identifier of a link, case or person. Providers may use different field names for the identifier.
struct TimelineIdentity: Hashable {
    /// The families with this identifier's name. Equal identities have the same families.
    private let families: [IdentityFamily]
    let value: String

    /// Nil for a field that does not identify anything.
    init?(_ field: ReportField, api: String, in identities: [IdentityFamily]) {
        guard let family = identities.family(of: field, api: api) else { return nil }
        self.families = identities.filter { $0.name == family.name }
        self.value = field.value
    }

    /// Filters that together find all reports with this identifier, one per field name.
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

    /// The fields that identify a link by this identifier, one per field name.
    var fields: [ReportField] {
        families.flatMap(\.fieldNames).map { ReportField($0, value) }
    }
}
