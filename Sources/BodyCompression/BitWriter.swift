/// Writes bits in the order of RFC 1951 §3.1.1 to a buffer that is large enough.
struct BitWriter {
    private let output: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private var bits: UInt64 = 0
    private var bitCount: UInt64 = 0

    init(_ output: UnsafeMutableBufferPointer<UInt8>) {
        self.output = output
    }

    @inline(__always)
    mutating func append(_ value: UInt64, _ valueBitCount: UInt64) {
        bits |= value << bitCount
        bitCount += valueBitCount
        while bitCount >= 8 {
            output[count] = UInt8(truncatingIfNeeded: bits)
            count += 1
            bits >>= 8
            bitCount -= 8
        }
    }

    @inline(__always)
    mutating func append(_ code: UInt32) {
        append(UInt64(code & 0xffff), UInt64(code >> 16))
    }

    /// Appends a length and a distance. Each consists of a symbol and extra bits (RFC 1951 §3.2.5).
    mutating func append(length: Int, distance: Int, _ codes: UnsafeBufferPointer<UInt32>) {
        let step = length - 3
        if length == 258 {
            append(codes[285])
        } else if step < 8 {
            append(codes[257 + step])
        } else {
            let extraBitCount = Int.bitWidth - 3 - step.leadingZeroBitCount
            append(codes[257 + 4 * (extraBitCount + 1) + (step >> extraBitCount & 3)])
            append(UInt64(step & ((1 << extraBitCount) - 1)), UInt64(extraBitCount))
        }
        let way = distance - 1
        if way < 4 {
            appendReversed(way)
        } else {
            let extraBitCount = Int.bitWidth - 2 - way.leadingZeroBitCount
            appendReversed(2 * (extraBitCount + 1) + (way >> extraBitCount & 1))
            append(UInt64(way & ((1 << extraBitCount) - 1)), UInt64(extraBitCount))
        }
    }

    /// Appends a distance symbol: five bits, highest bit first.
    private mutating func appendReversed(_ symbol: Int) {
        let symbol = UInt64(symbol)
        append(symbol >> 4 & 1 | symbol >> 2 & 2 | symbol & 4 | symbol << 2 & 8 | symbol << 4 & 16, 5)
    }

    mutating func finishByte() {
        if bitCount > 0 { append(0, 8 - bitCount) }
    }
}
