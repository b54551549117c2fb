internal import Foundation

/// One product's report: what it is about, and a seed from which its records are written when it goes out.
struct KlaviReport: Sendable {
    /// Stands in a body where the records go. JSON text never holds it: strings spell it as an escape.
    private static let recordsMark: UInt8 = 1

    let product: KlaviProduct
    let requestID: String
    let id: String
    let subject: KlaviSubject
    let seed: UInt64
    let now: Date
    /// The least size of the body.
    let byteCount: Int

    init(
        _ product: KlaviProduct, requestID: String, about subject: KlaviSubject, byteCount: Int? = nil,
        _ world: inout World
    ) {
        self.product = product
        self.requestID = requestID
        self.subject = subject
        self.byteCount = byteCount ?? 0
        id = world.random.uuid()
        seed = world.random.next()
        now = world.now
    }

    /// The same bytes each time it is asked for.
    var body: [UInt8] {
        let records = KlaviRecords.bytes(of: product, seed: seed, now: now, byteCount: byteCount)
        let envelope = envelope.bytes
        guard let mark = envelope.firstIndex(of: Self.recordsMark) else { return envelope }
        return envelope[..<mark] + records + envelope[(mark + 1)...]
    }

    private var markedRecords: JSON {
        .array([.number(String(decoding: [Self.recordsMark], as: UTF8.self))])
    }

    /// PROVIDERS.md 1.1.6, in its order.
    private var envelope: JSON {
        let isBusiness = !subject.businessTaxID.isEmpty && (product.isBusiness || subject.personalTaxID.isEmpty)
        return [
            "code": 200, "message": "OK", "requestId": .string(requestID),
            "productName": .string(product.name), "productVersion": "V1", "productReportId": .string(id),
            "productReportTime": .string(KlaviTime.textWithoutZone(now)),
            isBusiness ? "enquiryCnpj" : "enquiryCpf":
                .string(isBusiness ? subject.businessTaxID : subject.personalTaxID),
            "links": subject.linksJSON, product.containerName: container,
            "externalInfo": subject.externalInfo,
        ]
    }

    private static func amount(_ text: String) -> JSON {
        ["amount": .string(text), "currency": "BRL"]
    }

    /// What holds the records.
    private var container: JSON {
        let code = subject.consents.first?.institutionCode ?? subject.institutionCode ?? ""
        let institution = KlaviInstitution.named(code) ?? KlaviInstitution.all[0]
        switch product.container {
        case .accounts:
            let account: JSON = [
                "brandName": .string(institution.name), "bacenName": .string(institution.name),
                "compeCode": .string(institution.code), "companyCnpj": .string(institution.cnpj), "branchCode": "7862",
                "number": "97927716", "checkDigit": "8", "subtype": "INDIVIDUAL", "civilName": "Ana Souza",
                "balances": [
                    "availableAmount": Self.amount("1520.3400"), "blockedAmount": Self.amount("0.0000"),
                    "automaticallyInvestedAmount": Self.amount("910.7600"),
                ],
                "transactionDetails": markedRecords,
            ]
            return [account]
        case .creditCards:
            let statement: JSON = [
                "dueDate": .string(KlaviTime.day(now)), "billTotalAmount": Self.amount("1234.5600"),
                "billMinimumAmount": Self.amount("185.1800"), "isInstalment": false,
                "transactionDetails": markedRecords,
            ]
            let card: JSON = [
                "brandName": .string(institution.name), "bacenName": .string(institution.name),
                "companyCnpj": .string(institution.cnpj), "name": "Cartão Exemplo Ouro", "productType": "GOLD",
                "creditCardNetwork": "OUTROS", "closedStatements": [statement],
            ]
            return [card]
        case .other: return markedRecords
        }
    }
}
