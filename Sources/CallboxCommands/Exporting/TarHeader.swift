/// The header of a file in a tar archive (POSIX.1-2017, pax, ustar interchange format).
struct TarHeader {
    static let blockByteCount = 512
    /// Two empty blocks end an archive.
    static let end = [UInt8](repeating: 0, count: 2 * blockByteCount)

    /// The most that eleven octal digits say.
    private static let octalLimit: Int64 = (1 << 33) - 1

    /// Up to 100 ASCII characters.
    let name: String
    let byteCount: Int64
    let modifiedAtSeconds: Int64

    /// One block.
    var bytes: [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockByteCount)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int, limit: Int) {
            for (position, byte) in bytes.prefix(limit).enumerated() { block[offset + position] = byte }
        }
        put(name.utf8, at: 0, limit: 100)
        put(Self.octal(0o600, digits: 7), at: 100, limit: 8)
        put(Self.octal(0, digits: 7), at: 108, limit: 8)
        put(Self.octal(0, digits: 7), at: 116, limit: 8)
        put(Self.size(byteCount), at: 124, limit: 12)
        put(Self.octal(min(max(0, modifiedAtSeconds), Self.octalLimit), digits: 11), at: 136, limit: 12)
        put("        0".utf8, at: 148, limit: 9)
        put("ustar\u{0}00".utf8, at: 257, limit: 8)
        let sum = block.reduce(Int64(0)) { $0 + Int64($1) }
        put(Self.octal(sum, digits: 6) + [0, 0x20], at: 148, limit: 8)
        return block
    }

    /// What fills up the last block of a file.
    var padding: [UInt8] {
        let rest = Int(byteCount % Int64(Self.blockByteCount))
        return [UInt8](repeating: 0, count: rest == 0 ? 0 : Self.blockByteCount - rest)
    }

    /// Octal, or in base 256 where that does not do, as GNU tar and Python read it.
    private static func size(_ byteCount: Int64) -> [UInt8] {
        guard byteCount > octalLimit else { return octal(max(0, byteCount), digits: 11) }
        return [0x80, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: byteCount >> Int64(56 - 8 * $0)) }
    }

    private static func octal(_ value: Int64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
    }
}
