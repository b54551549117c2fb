/// The layout of one record of a report, cut into pieces once so that thousands of records cost little.
struct KlaviRecordForm: Sendable {
    /// A place in the layout that every record fills for itself.
    enum Slot: String, Sendable, CaseIterable {
        case day, clock, id, amount, balance, branch, account, digit, share

        /// How a layout marks it. Nothing else in a layout has this sign.
        var text: String { "§\(rawValue)§" }
    }

    enum Piece: Sendable {
        case text([UInt8])
        case slot(Slot)
    }

    let pieces: [Piece]
    let purchase: KlaviPurchase

    /// - Parameter layout: strings in it may hold the text of slots.
    init(_ layout: JSON, purchase: KlaviPurchase) {
        let parts = String(decoding: layout.bytes, as: UTF8.self).split(
            separator: "§", omittingEmptySubsequences: false)
        pieces = parts.map { Slot(rawValue: String($0)).map(Piece.slot) ?? .text(Array($0.utf8)) }
        self.purchase = purchase
    }

    /// One form for each kind of transaction that the product has.
    static func forms(of product: KlaviProduct) -> [KlaviRecordForm] {
        switch product.container {
        case .accounts: KlaviPurchase.all.map { KlaviRecordForm(account($0, product.categoryLevelCount), purchase: $0) }
        case .creditCards:
            KlaviPurchase.expenses.map { KlaviRecordForm(card($0, product.categoryLevelCount), purchase: $0) }
        case .other: KlaviPurchase.expenses.map { KlaviRecordForm(other($0), purchase: $0) }
        }
    }

    static var legacyForms: [KlaviRecordForm] {
        KlaviPurchase.all.map { KlaviRecordForm(legacy($0), purchase: $0) }
    }

    static func amount(_ text: String) -> JSON { ["amount": .string(text), "currency": "BRL"] }

    private static func account(_ purchase: KlaviPurchase, _ levelCount: Int) -> JSON {
        let isPerson = purchase.type == "PIX"
        let members: JSON = [
            "transactionDate": "§day§", "transactionDateTime": "§day§T§clock§Z", "transactionId": "§id§",
            "completedAuthorisedPaymentType": "TRANSACAO_EFETIVADA",
            "creditDebitType": purchase.isCredit ? "CREDITO" : "DEBITO", "transactionAmount": amount("§amount§"),
            "transactionName": .string(purchase.name),
            "partieCnpjCpf": isPerson ? "12345678909" : "9990§account§01",
            "partiePersonType": isPerson ? "PESSOA_NATURAL" : "PESSOA_JURIDICA", "partieCompeCode": "917",
            "partieBranchCode": "§branch§", "partieNumber": "§account§", "partieCheckDigit": "§digit§",
            "postTransactionBalance": "§balance§", "type": .string(purchase.type),
        ]
        return .object((members.members ?? []) + purchase.categoryMembers(levelCount: levelCount))
    }

    private static func card(_ purchase: KlaviPurchase, _ levelCount: Int) -> JSON {
        let members: JSON = [
            "transactionDate": "§day§", "transactionDateTime": "§day§T§clock§Z", "transactionId": "§id§",
            "identificationNumber": "4453", "transactionName": .string(purchase.name),
            "creditDebitType": "DEBITO", "transactionType": "PAGAMENTO", "paymentType": "A_VISTA",
            "chargeNumber": "1", "transactionAmount": amount("§amount§"), "brazilianAmount": amount("§amount§"),
            "billPostDate": "§day§", "payeeMCC": "§branch§",
        ]
        return .object((members.members ?? []) + purchase.categoryMembers(levelCount: levelCount))
    }

    private static func other(_ purchase: KlaviPurchase) -> JSON {
        [
            "recordId": "§id§", "date": "§day§", "dateTime": "§day§T§clock§Z", "description": .string(purchase.name),
            "contractNumber": "§account§", "amount": amount("§amount§"),
        ]
    }

    private static func legacy(_ purchase: KlaviPurchase) -> JSON {
        [
            "transaction_id": "§id§", "date": "§day§", "amount": "§amount§", "currency": "BRL",
            "description": .string(purchase.name), "type": purchase.isCredit ? "credit" : "debit",
            "category": .string(purchase.categories.first ?? ""),
            "subcategory": .string(purchase.categories.dropFirst().first ?? ""),
        ]
    }
}
