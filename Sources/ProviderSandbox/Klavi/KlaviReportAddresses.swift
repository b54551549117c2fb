/// The rules of a `productsCallbackURL` object: which report goes to which URL (PROVIDERS.md 1.2).
struct KlaviReportAddresses: Sendable, Equatable {
    private static let otherName = "other"
    private static let allName = "all"

    /// In the order they were given.
    let rules: [JSON.Member]

    static let none = KlaviReportAddresses(rules: [])

    /// No rules for nil. Refuses `all` beside anything else, and values that are no http or https URL (code 4006).
    init(_ object: JSON?) throws(KlaviRefusal) {
        let rules = object?.members ?? []
        let isAllAlone = rules.count == 1 || !rules.contains { $0.name == Self.allName }
        guard isAllAlone, rules.allSatisfy({ $0.value.string.map(KlaviURL.isWeb) ?? false }) else {
            throw .business(.productsCallbackURL, "Invalid productsCallbackURL")
        }
        self.rules = rules
    }

    private init(rules: [JSON.Member]) {
        self.rules = rules
    }

    /// The product's own URL, else that of `other`, else that of `all`; nil where the next level decides.
    func url(of product: String) -> String? {
        for name in [product, Self.otherName, Self.allName] {
            if let rule = rules.first(where: { $0.name == name }) { return rule.value.string }
        }
        return nil
    }
}
