internal import Foundation

/// What stands around the records of a product.
enum KlaviContainer {
    static func account(_ institution: KlaviInstitution, _ records: KlaviRecords, details: JSON) -> JSON {
        [
            "brandName": .string(institution.name), "bacenName": .string(institution.legalName),
            "compeCode": .string(institution.code), "companyCnpj": .string(institution.cnpj), "branchCode": "7862",
            "number": "97927716", "checkDigit": "8", "subtype": "INDIVIDUAL", "civilName": "Ana Souza",
            "balances": [
                "availableAmount": amount(records.balanceCents), "blockedAmount": amount(0),
                "automaticallyInvestedAmount": amount(91_076),
            ],
            "transactionDetails": details,
        ]
    }

    /// An open statement without purchases, and a closed one with all of them.
    static func creditCard(
        _ institution: KlaviInstitution, _ records: KlaviRecords, now: Date, details: JSON
    ) -> JSON {
        let limit = max(1_200_000, records.totalCents * 2)
        return [
            "brandName": .string(institution.name), "bacenName": .string(institution.legalName),
            "companyCnpj": .string(institution.cnpj), "name": "Cartão Exemplo Ouro", "productType": "GOLD",
            "creditCardNetwork": "OUTROS",
            "paymentMethods": [["identificationNumber": "4453", "isMultipleCreditCard": false]],
            "limits": [
                "creditLineLimitType": "LIMITE_CREDITO_TOTAL", "limitAmount": amount(limit),
                "usedAmount": amount(records.totalCents), "availableAmount": amount(limit - records.totalCents),
            ],
            "openStatement": statement(dueAt: now + 20 * 86_400, cents: 0, details: []),
            "closedStatements": [statement(dueAt: now - 10 * 86_400, cents: records.totalCents, details: details)],
        ]
    }

    private static func statement(dueAt date: Date, cents: Int, details: JSON) -> JSON {
        [
            "dueDate": .string(KlaviTime.day(date)), "billTotalAmount": amount(cents),
            "billMinimumAmount": amount(cents * 15 / 100), "isInstalment": false, "transactionDetails": details,
        ]
    }

    private static func amount(_ cents: Int) -> JSON {
        KlaviRecordForm.amount(KlaviRecords.amountText(cents))
    }
}
