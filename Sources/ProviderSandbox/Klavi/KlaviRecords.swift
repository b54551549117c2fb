internal import Foundation

/// The records of one report, written out: transactions that differ in day, identifier and amount.
enum KlaviRecords {
    /// What a report has that is not made to grow.
    private static let usualCount = 24
    private static let dayCount = 180
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Objects with commas between them: at least `usualCount` of them, and at least so many bytes.
    static func bytes(of product: KlaviProduct, seed: UInt64, now: Date, byteCount: Int) -> [UInt8] {
        // Rendered once and cut where records differ, so that thousands of them cost little.
        let layout = String(decoding: layout(categoryLevelCount: product.categoryLevelCount).bytes, as: UTF8.self)
        let pieces = layout.split(separator: "§", omittingEmptySubsequences: false).map { Array($0.utf8) }
        let days = (1...dayCount).map { Array(KlaviTime.day(now - Double($0) * 86_400).utf8) }
        var random = SeededRandom(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + 4096)
        var count = 0
        while count < usualCount || bytes.count < byteCount {
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += pieces[0]
            bytes += days[count % dayCount]
            bytes += pieces[1]
            for word in [random.next(), random.next()] { append(word, to: &bytes) }
            bytes += pieces[2]
            // Two of the four decimals, so that the amount is whole cents.
            bytes += Array("\(random.next() % 900 + 1).\(random.next() % 90 + 10)".utf8)
            bytes += pieces[3]
            count += 1
        }
        return bytes
    }

    /// One record; a § for the day, the identifier and the amount, in this order.
    private static func layout(categoryLevelCount: Int) -> JSON {
        let record: JSON = [
            "transactionDate": "§", "transactionId": "§",
            "transactionAmount": ["amount": "§00", "currency": "BRL"], "creditDebitType": "DEBITO",
            "completedAuthorisedPaymentType": "TRANSACAO_EFETIVADA", "transactionName": "MERCADO EXEMPLO",
            "partieCnpjCpf": "99900012345601", "partiePersonType": "PESSOA_JURIDICA", "partieCompeCode": "917",
            "partieBranchCode": "7862", "partieNumber": "97927716", "partieCheckDigit": "8", "type": "CARTAO",
        ]
        let names = ["category", "subcategory", "thirdCategory"].prefix(categoryLevelCount)
        let categories = zip(names, ["Alimentação", "Supermercado", "Compras do mês"])
        return categories.reduce(record) { $0.setting($1.0, .string($1.1)) }
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 60, through: 0, by: -4) {
            bytes.append(hexDigits[Int(word >> UInt64(shift) & 15)])
        }
    }
}
