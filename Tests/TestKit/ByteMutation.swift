/// Damages bytes the way a fault or an attacker would: a bit, a byte, a piece taken away, doubled or put elsewhere.
package enum ByteMutation {
    /// Bytes that mean something to JSON, to headers or to UTF-8.
    private static let meaningful =
        Array("\"\\{}[],:=.-+eEu0189 \n\t/".utf8) + [0x00, 0x1f, 0x7f, 0x80, 0xc3, 0xed, 0xff]

    /// One to three changes; now and then they undo each other and the bytes stay as they were.
    package static func mutate(_ bytes: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        var mutated = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) { change(&mutated, using: &generator) }
        return mutated
    }

    private static func change(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
        guard let position = bytes.indices.randomElement(using: &generator) else {
            bytes.append(meaningfulByte(using: &generator))
            return
        }
        let piece = position..<min(bytes.count, position + Int.random(in: 1...8, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[position] = UInt8(truncatingIfNeeded: generator.next())
        case 2: bytes[position] = meaningfulByte(using: &generator)
        case 3: bytes.insert(meaningfulByte(using: &generator), at: position)
        case 4: bytes.removeSubrange(piece)
        case 5: bytes.insert(contentsOf: Array(bytes[piece]), at: position)
        case 6: bytes.removeSubrange(position...)
        default: bytes.swapAt(position, Int.random(in: 0..<bytes.count, using: &generator))
        }
    }

    private static func meaningfulByte(using generator: inout SplitMix64) -> UInt8 {
        meaningful[Int.random(in: 0..<meaningful.count, using: &generator)]
    }
}
