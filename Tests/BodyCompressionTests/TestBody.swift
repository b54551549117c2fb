import BodyCompression
import TestKit

enum TestBody {
    /// JSON-like text. zlib compresses it well if it is long enough.
    static func compressible(_ byteCount: Int) -> [UInt8] {
        let pattern = Array(#"{"transactionId":"0001","amount":"1000.0400","currency":"BRL"},"#.utf8)
        return (0..<byteCount).map { pattern[$0 % pattern.count] }
    }

    /// Random bytes.
    static func incompressible(_ byteCount: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(byteCount))
        return generator.bytes(byteCount)
    }

    /// A report of 400 to 700 bytes with a constant structure and random values.
    static func report(_ number: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SplitMix64(seed: seed &+ UInt64(number) &* 1000)
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character(String(Int.random(in: 0...9, using: &generator))) })
        }
        let items = (0...(number % 4)).map { _ in
            #"{"transactionDate":"2026-\#(digits(2))-\#(digits(2))","creditDebitType":"DEBITO","amount":"\#(digits(5))"}"#
        }
        let text = """
            {"code":200,"message":"OK","requestId":"\(digits(24))","productName":"pf_checking_account",\
            "civilName":"\(["Ana", "Bruno", "Carla"][number % 3])","checkingAccounts":[{"brandName":"Banco Exemplo",\
            "number":"\(digits(8))","transactionDetails":[\(items.joined(separator: ","))]}],\
            "externalInfo":{"customerId":"C-\(digits(6))","returning":false}}
            """
        return Array(text.utf8)
    }

    /// A dictionary that fits `report`.
    static let dictionary: PresetDictionary = {
        guard let dictionary = PresetDictionary((0..<60).flatMap { report($0, seed: 99) }.suffix(20_000)) else {
            fatalError("20,000 bytes are a dictionary")
        }
        return dictionary
    }()
}
