import Testing

@testable import BodyCompression

@Suite struct HeadCompressionTests {
    private static func head(_ value: String) -> [UInt8] {
        Array(#"["POST","/klavi","127.0.0.1",[["Host","localhost:8787"],["X-Klavi-Signature","\#(value)"]]]"#.utf8)
    }

    private static func digits(_ count: Int) -> String {
        String((0..<count).map { Array("0123456789abcdef")[$0 * 7 % 16] })
    }

    private static func decode(_ stored: [UInt8], limit: Int = 1 << 16) throws -> [UInt8] {
        try HeadCompression.decode(stored, byteCountLimit: limit, dictionary: HeadCompression.dictionary)
    }

    @Test(
        "a head with runs of digits of any length is decoded to the same bytes",
        arguments: [0, 15, 16, 17, 31, 64, 65, 247, 248, 249, 504, 505, 2000])
    func runs(count: Int) throws {
        let values: [String] = [
            Self.digits(count), Self.digits(count).uppercased(), "x\(Self.digits(count))y\(Self.digits(64))",
            Self.digits(count) + "é",
            [String](repeating: Self.digits(count), count: 4).joined(separator: "-"),
        ]
        for value in values.map(Self.head) {
            #expect(try Self.decode(HeadCompression.encode(value)) == value)
        }
    }

    @Test("a signature of 64 digits is stored in 32 bytes")
    func signature() throws {
        let stored = HeadCompression.encode(Self.head(Self.digits(64)))
        #expect(stored.first == 8)
        #expect(stored[1...4].elementsEqual([0x07, 0xe5, 0xc3, 0xa1]))
        #expect(stored.count < 80)
        #expect(HeadCompression.stream(of: stored) == Array(stored.dropFirst(33)))
    }

    @Test("short strings and strings with control characters are stored without packed digits")
    func unpacked() throws {
        for text in ["", "[]", "\u{8}\(Self.digits(64))"].map({ Array($0.utf8) }) {
            let stored = HeadCompression.encode(text)
            #expect(stored.first.map { $0 > 63 } ?? true || stored == text)
            #expect(PackedDigits(packing: text) == nil)
        }
    }

    @Test("missing or extra packed digits are reported as damage")
    func damage() throws {
        let stored = HeadCompression.encode(Self.head(Self.digits(64)))
        func head(_ wordCount: UInt8, _ rest: ArraySlice<UInt8>...) -> [UInt8] { [wordCount] + rest.flatMap { $0 } }
        let damages: [[UInt8]] = [
            head(7, stored.dropFirst()), head(9, stored.dropFirst()), head(8), head(8, stored.dropFirst(2)),
            head(8, stored.dropFirst().dropLast()), head(4, stored[1...16], stored.dropFirst(33)),
            head(9, stored[1...4], stored.dropFirst()),
        ]
        for damaged in damages {
            #expect(throws: ZlibDecompressor.Failure.self) { try Self.decode(damaged) }
        }
        #expect(throws: ZlibDecompressor.Failure.self) { try Self.decode(stored, limit: 20) }
    }
}
