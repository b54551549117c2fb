/// The concatenated training bodies, without repeated bodies and limited in length.
struct TrainingText {
    static let byteCountLimit = 4 << 20
    static let bodyByteCountLimit = 64 << 10
    static let bodyCountLimit = 65_535

    let bytes: [UInt8]
    /// The ranges of the different bodies in `bytes`.
    let bodies: [Range<Int>]

    init(_ bodies: [[UInt8]]) {
        var seen: Set<ArraySlice<UInt8>> = []
        var distinct: [ArraySlice<UInt8>] = []
        for body in Self.spread(bodies) {
            let beginning = body.prefix(Self.bodyByteCountLimit)
            if seen.insert(beginning).inserted { distinct.append(beginning) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(distinct.reduce(0) { $0 + $1.count })
        self.bodies = distinct.map { body in
            let start = bytes.count
            bytes += body
            return start..<bytes.count
        }
        self.bytes = bytes
    }

    /// The lowest byte value that no body contains.
    var unusedByte: UInt8? {
        var isUsed = [Bool](repeating: false, count: 256)
        for byte in bytes { isUsed[Int(byte)] = true }
        return isUsed.firstIndex(of: false).map { UInt8(truncatingIfNeeded: $0) }
    }

    /// All bodies or, if they would exceed the limits, every second body, every third body, and so on.
    private static func spread(_ bodies: [[UInt8]]) -> [[UInt8]] {
        let byteCount = bodies.reduce(0) { $0 + min($1.count, bodyByteCountLimit) }
        let distance = max(
            (byteCount + byteCountLimit - 1) / byteCountLimit, (bodies.count + bodyCountLimit - 1) / bodyCountLimit, 1)
        var rest = byteCountLimit
        return stride(from: 0, to: bodies.count, by: distance).lazy.map { bodies[$0] }.filter { body in
            let taken = min(body.count, bodyByteCountLimit)
            guard taken <= rest else { return false }
            rest -= taken
            return true
        }
    }
}
