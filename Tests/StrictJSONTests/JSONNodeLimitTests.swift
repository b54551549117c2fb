import StrictJSON
import Testing

@Suite("How many values JSON may hold")
struct JSONNodeLimitTests {
    /// An array of so many ones, the whole of which has one value more.
    private static func array(of count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(ascii: "1"), count: 2 * count + 1)
        for index in stride(from: 2, to: bytes.count, by: 2) { bytes[index] = UInt8(ascii: ",") }
        bytes[0] = UInt8(ascii: "[")
        bytes[bytes.count - 1] = UInt8(ascii: "]")
        return bytes
    }

    @Test("exactly four million are read")
    func most() throws {
        let document = try JSONDocument(parsing: Self.array(of: JSONDocument.nodeCountLimit - 1))
        #expect(document.root.kind == .array)
    }

    @Test("one more is refused")
    func tooMany() throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: Self.array(of: JSONDocument.nodeCountLimit))
        }
        #expect(error.reason == .tooManyValues)
    }
}
