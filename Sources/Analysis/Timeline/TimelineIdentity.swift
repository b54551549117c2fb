internal import Deliveries
internal import Journal
internal import ReportIndex

/// What ties reports together: a link, a case or a person, under whatever name a provider carries it.
struct TimelineIdentity: Hashable {
    /// The families of one name; they are the same for equal identities.
    private let families: [IdentityFamily]
    let value: String

    /// Nil for a field that ties nothing together.
    init?(_ field: ReportField, api: String, in identities: [IdentityFamily]) {
        guard let family = identities.family(of: field, api: api) else { return nil }
        self.families = identities.filter { $0.name == family.name }
        self.value = field.value
    }

    /// What finds the reports that have it, one of them each.
    var filters: [ReportFilter] {
        families.flatMap { family in
            family.fieldNames.map { name in
                var filter = ReportFilter()
                filter.fields = [ReportField(name, value)]
                filter.providers = family.api.map { [$0] } ?? []
                return filter
            }
        }
    }

    /// The fields by which a link may be known by it.
    var fields: [ReportField] {
        families.flatMap(\.fieldNames).map { ReportField($0, value) }
    }
}
