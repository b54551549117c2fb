import TestKit

/// Bodies of a given length.
enum TestBody {
    /// JSON-like text, which zlib shrinks to a fraction once it is long enough.
    static func compressible(_ byteCount: Int) -> [UInt8] {
        let pattern = Array(#"{"transactionId":"0001","amount":"1000.0400","currency":"BRL"},"#.utf8)
        return (0..<byteCount).map { pattern[$0 % pattern.count] }
    }

    /// Random bytes, which nothing shrinks.
    static func incompressible(_ byteCount: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(byteCount))
        return generator.bytes(byteCount)
    }
}
