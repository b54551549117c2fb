internal import Deliveries

/// Formats bytes, sixteen per line, with their offset and as ASCII.
package enum HexDump {
    package static func lines(_ bytes: some Collection<UInt8>) -> [String] {
        var lines: [String] = []
        var rest = Array(bytes)[...]
        var offset = 0
        while !rest.isEmpty {
            let row = rest.prefix(16)
            let digits = String(offset, radix: 16)
            let address = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            let pairs = row.map { Hex.encode([$0]) }.joined(separator: " ")
            let padding = String(repeating: " ", count: (16 - row.count) * 3)
            let letters = row.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            lines.append("\(address)  \(pairs)\(padding)  \(letters)")
            rest = rest.dropFirst(16)
            offset += 16
        }
        return lines
    }
}
