internal import TestKit

/// Generates similar bodies, like the bodies of one provider.
package struct LikeBodies {
    private var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The next body of this type, with a unique note.
    package mutating func next(_ type: String, note: String = "") -> [UInt8] {
        let lines = (0..<4).map { _ in
            """
            {"transactionDate":"2026-0\(number(9) + 1)-1\(number(10))","amount":"\(number(100_000)).\(number(90) + 10)",\
            "currency":"BRL","\(type)Category":"TRANSFER_RECEIVED_\(type)","counterpart":{"documentType":"CPF"}}
            """
        }
        let text = """
            {"eventType":"\(type)","linkId":"\(number(.max))","note":"\(note)","institution":{"name":"Banco \(type)",\
            "countryCode":"BR"},"\(type)Transactions":[\(lines.joined(separator: ","))]}
            """
        return Array(text.utf8)
    }

    private mutating func number(_ limit: UInt64) -> UInt64 {
        random.next() % limit
    }
}
