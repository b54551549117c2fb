/// A report product by its name. Names that are not known get a container of their own (PROVIDERS.md 1.4).
struct KlaviProduct: Sendable, Equatable {
    enum Container: Sendable, Equatable {
        /// `checkingAccounts`, `savingsAccounts`.
        case accounts
        case creditCards
        case other
    }

    let name: String

    /// Those that the sandbox's customer chose at onboarding.
    static func onboarding(isBusiness: Bool) -> [KlaviProduct] {
        let prefix = isBusiness ? "pj_" : "pf_"
        return ["checking_account", "credit_card", "categorized_checking_l3"].map { KlaviProduct(name: prefix + $0) }
    }

    /// Whether it is named as products are: `pf_` or `pj_` and a word in snake_case.
    var hasPrefix: Bool {
        (name.hasPrefix("pf_") || name.hasPrefix("pj_")) && name.utf8.count > 3
            && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".utf8.contains($0) }
    }

    var isBusiness: Bool { name.hasPrefix("pj_") }

    var container: Container {
        if name.contains("credit_card") || name.contains("creditcard") { return .creditCards }
        return name.contains("checking") || name.contains("savings") ? .accounts : .other
    }

    /// The member of the report that holds the records.
    var containerName: String {
        switch container {
        case .creditCards: return "creditCards"
        case .accounts: return name.contains("savings") ? "savingsAccounts" : "checkingAccounts"
        case .other: return permission == .investments ? "investments" : camelCase
        }
    }

    /// 2 or 3 levels of category; 0 where transactions have none.
    var categoryLevelCount: Int {
        guard name.contains("categorized") else { return 0 }
        return name.hasSuffix("_l2") ? 2 : 3
    }

    /// What the person has to let the institution hand over; nil where nothing special is needed.
    var permission: KlaviPermission? {
        if container == .creditCards { return .creditCards }
        if container == .accounts { return .accounts }
        let word = name.dropFirst(3)
        switch word {
        case "balance": return .accounts
        case "loans", "financing", "unarranged_account_overdraft", "invoice_financing": return .creditOperations
        case "bank_fixed_incomes", "credit_fixed_incomes", "variable_incomes", "treasure_titles", "funds":
            return .investments
        default: return nil
        }
    }

    private var camelCase: String {
        let words = name.dropFirst(hasPrefix ? 3 : 0).split(separator: "_")
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let result = (words.first.map(String.init) ?? "") + rest.joined()
        return result.isEmpty ? "records" : result
    }
}
