internal import Deliveries
internal import Journal
internal import ReportIndex

/// What ties reports together: a link, a case or a person, under whatever name a provider carries it.
struct TimelineIdentity: Hashable {
    /// Place in `families`.
    private let family: Int
    let value: String

    /// Names that mean the same. A person is known by a tax id or an e-mail address.
    static let families: [[String]] = [
        ["linkId"], ["connection_id"], ["reportId"], ["uuid"], ["object_id"], ["cfRef"],
        [legacyID, "application.applicant.id"], ["application.id"],
        ["enquiryCpf", "enquiryCnpj", "personalTaxId", "businessTaxId", "enquiry_cpf"],
        ["applicant_account.email", "login_hint", "email", "email_address"],
    ]

    static let names = families.flatMap { $0 }

    /// Elsewhere `id` is that of the message.
    private static let legacyID = "id"
    private static let legacyProvider = "certn-legacy"

    /// Nil for a field that ties nothing together.
    init?(_ field: ReportField, provider: String) {
        guard field.name != Self.legacyID || provider == Self.legacyProvider,
            let family = Self.families.firstIndex(where: { $0.contains(field.name) })
        else { return nil }
        self.family = family
        self.value = field.value
    }

    /// What finds the reports that have it, one of them each.
    var filters: [ReportFilter] {
        Self.families[family].map { name in
            var filter = ReportFilter()
            filter.fields = [ReportField(name, value)]
            if name == Self.legacyID { filter.providers = [Self.legacyProvider] }
            return filter
        }
    }

    /// The fields by which the ledger may know it.
    var fields: [ReportField] {
        Self.families[family].map { ReportField($0, value) }
    }
}
