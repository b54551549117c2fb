internal import Foundation
internal import StrictJSON

/// A report product. Its name determines the member of a report that contains the records.
struct KlaviProduct: Sendable {
    private static let investments = "INVESTMENTS_ALL"

    let name: String

    /// The products that the sandbox's customer chose at onboarding.
    static func onboarding(isBusiness: Bool) -> [KlaviProduct] {
        let prefix = isBusiness ? "pj_" : "pf_"
        return ["checking_account", "credit_card", "categorized_checking_l3"].map { KlaviProduct(name: prefix + $0) }
    }

    /// The products with these names, in order and without repeats. `all` means the onboarding products.
    static func named(_ names: [String], isBusiness: Bool) -> [KlaviProduct] {
        guard !names.contains("all") else { return onboarding(isBusiness: isBusiness) }
        return names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.map(KlaviProduct.init(name:))
    }

    var isNamedLikeOne: Bool { name.wholeMatch(of: /p[fj]_[a-z0-9_]+/) != nil }
    var isBusiness: Bool { name.hasPrefix("pj_") }
    var isCreditCard: Bool { name.contains("credit_card") || name.contains("creditcard") }
    var isAccount: Bool { !isCreditCard && (name.contains("checking") || name.contains("savings")) }

    var containerName: String {
        if isCreditCard { return "creditCards" }
        if isAccount { return name.contains("savings") ? "savingsAccounts" : "checkingAccounts" }
        if permission == Self.investments { return "investments" }
        let words = name.dropFirst(isNamedLikeOne ? 3 : 0).split(separator: "_")
        return String(words.first ?? "records")
            + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    var categoryLevelCount: Int {
        name.contains("categorized") ? name.hasSuffix("_l2") ? 2 : 3 : 0
    }

    var permission: String? {
        if isCreditCard { return "CREDIT_CARDS_ALL" }
        if isAccount { return "ACCOUNTS_ALL" }
        switch name.dropFirst(3) {
        case "balance": return "ACCOUNTS_ALL"
        case "loans", "financing", "unarranged_account_overdraft", "invoice_financing": return "CREDIT_OPERATIONS_ALL"
        case "bank_fixed_incomes", "credit_fixed_incomes", "variable_incomes", "treasure_titles", "funds":
            return Self.investments
        default: return nil
        }
    }
}

/// The report of one product. The value stores only a seed: the records are generated again for each attempt, always
/// with the same bytes.
struct KlaviReport: Sendable {
    /// Marks the position of the records in the text of the envelope. JSON never contains this byte, because strings
    /// escape it.
    private static let recordsMark: UInt8 = 1
    private static let recordCount = 24
    private static let dayCount = 180

    let product: KlaviProduct
    let requestID: String
    let id: String
    let subject: KlaviSubject
    private let seed: UInt64
    private let now: Date
    private let byteCount: Int

    init(
        _ product: KlaviProduct, requestID: String, about subject: KlaviSubject, byteCount: Int = 0,
        _ world: inout World
    ) {
        self.product = product
        self.requestID = requestID
        self.subject = subject
        self.byteCount = byteCount
        id = world.random.uuid()
        seed = world.random.next()
        now = world.now
    }

    var body: [UInt8] {
        let envelope = envelope.bytes
        guard let mark = envelope.firstIndex(of: Self.recordsMark) else { return envelope }
        return envelope[..<mark] + records + envelope[(mark + 1)...]
    }

    private var envelope: JSON {
        let isBusiness = !subject.businessTaxID.isEmpty && (product.isBusiness || subject.personalTaxID.isEmpty)
        let taxID = isBusiness ? subject.businessTaxID : subject.personalTaxID
        return [
            "code": 200, "message": "OK", "requestId": "\(requestID)", "productName": "\(product.name)",
            "productVersion": "V1", "productReportId": "\(id)", "productReportTime": "\(now.seconds.dropLast())",
            isBusiness ? "enquiryCnpj" : "enquiryCpf": "\(taxID)", "links": subject.linksJSON,
            product.containerName: container, "externalInfo": subject.externalInfo,
        ]
    }

    private var container: JSON {
        func amount(_ text: String) -> JSON { ["amount": "\(text)", "currency": "BRL"] }
        let records: JSON = [.raw(String(decoding: [Self.recordsMark], as: UTF8.self))]
        let code = subject.consents.first?.institutionCode ?? subject.institutionCode ?? ""
        let institution = KlaviInstitution.named(code) ?? KlaviInstitution.all[0]
        let brand: JSON = ["brandName": "\(institution.name)", "bacenName": "\(institution.name)"]
        let cnpj = JSON.string(institution.cnpj)
        if product.isAccount {
            let balances: JSON = [
                "availableAmount": amount("1520.3400"), "blockedAmount": amount("0.0000"),
                "automaticallyInvestedAmount": amount("910.7600"),
            ]
            return [
                brand.merging([
                    "compeCode": "\(institution.code)", "companyCnpj": cnpj, "branchCode": "7862", "number": "97927716",
                    "checkDigit": "8", "subtype": "INDIVIDUAL", "civilName": "Ana Souza", "balances": balances,
                    "transactionDetails": records,
                ])
            ]
        }
        guard product.isCreditCard else { return records }
        let statement: JSON = [
            "dueDate": "\(now.day)", "billTotalAmount": amount("1234.5600"), "billMinimumAmount": amount("185.1800"),
            "isInstalment": false, "transactionDetails": records,
        ]
        return [
            brand.merging([
                "companyCnpj": cnpj, "name": "Cartão Exemplo Ouro", "productType": "GOLD",
                "creditCardNetwork": "OUTROS",
                "closedStatements": [statement],
            ])
        ]
    }

    /// The transactions, separated by commas. They differ only in day, identifier and amount. The layout is written
    /// once and split at the places of these values, because a large report has thousands of records.
    private var records: [UInt8] {
        let pieces = layout.compact.split(separator: "§", omittingEmptySubsequences: false).map { Array($0.utf8) }
        let days = (1...Self.dayCount).map { Array((now - Double($0) * 86_400).day.utf8) }
        var random = SeededRandom(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + 4096)
        var count = 0
        while count < Self.recordCount || bytes.count < byteCount {
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += pieces[0] + days[count % Self.dayCount] + pieces[1]
            for word in [random.next(), random.next()] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                    bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            }
            // Only two of the four decimals vary, because amounts are whole cents.
            bytes += pieces[2] + Array("\(random.next() % 900 + 1).\(random.next() % 90 + 10)".utf8) + pieces[3]
            count += 1
        }
        return bytes
    }

    /// One record, with § in place of the day, the identifier and the amount.
    private var layout: JSON {
        let record: JSON = [
            "transactionDate": "§", "transactionId": "§",
            "transactionAmount": ["amount": "§00", "currency": "BRL"], "creditDebitType": "DEBITO",
            "completedAuthorisedPaymentType": "TRANSACAO_EFETIVADA", "transactionName": "MERCADO EXEMPLO",
            "partieCnpjCpf": "99900012345601", "partiePersonType": "PESSOA_JURIDICA", "partieCompeCode": "917",
            "partieBranchCode": "7862", "partieNumber": "97927716", "partieCheckDigit": "8", "type": "CARTAO",
        ]
        let names = ["category", "subcategory", "thirdCategory"].prefix(product.categoryLevelCount)
        return zip(names, ["Alimentação", "Supermercado", "Compras do mês"])
            .reduce(record) { $0.setting($1.0, .string($1.1)) }
    }
}
