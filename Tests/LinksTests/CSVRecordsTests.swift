import Testing

@testable import Links

@Suite("Reading CSV")
struct CSVRecordsTests {
    private static func records(_ text: String) -> (records: [CSVRecords.Record], isOpen: Bool) {
        var reader = CSVRecords(text)
        var records: [CSVRecords.Record] = []
        while let record = reader.next() { records.append(record) }
        return (records, reader.isOpen)
    }

    struct Text: Sendable, CustomTestStringConvertible {
        let text: String
        let values: [[String]]

        init(_ text: String, _ values: [[String]]) {
            self.text = text
            self.values = values
        }

        var testDescription: String { text.debugDescription }
    }

    @Test(
        "values end at commas, and records end at line breaks",
        arguments: [
            Text("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), Text("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            Text("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), Text("a,,\n,b,", [["a", "", ""], ["", "b", ""]]),
            Text("é,😀\r\n", [["é", "😀"]]), Text("a b, c ", [["a b", " c "]]),
        ])
    func plain(text: Text) {
        let (records, isOpen) = Self.records(text.text)
        #expect(records.map(\.values) == text.values)
        #expect(!isOpen)
    }

    @Test(
        "quoted commas, quotation marks and line breaks are part of the value",
        arguments: [
            Text(#""a,b",c"#, [["a,b", "c"]]), Text(#""a ""b"" c""#, [[#"a "b" c"#]]),
            Text("\"a\nb\",c\nd,e", [["a\nb", "c"], ["d", "e"]]),
            Text("\"a\r\nb\"\r\nc", [["a\r\nb"], ["c"]]), Text(#""","#, [["", ""]]), Text(#""""""#, [["\""]]),
            Text(#"a"b,c"#, [[#"a"b"#, "c"]]),
        ])
    func quoted(text: Text) {
        let (records, isOpen) = Self.records(text.text)
        #expect(records.map(\.values) == text.values)
        #expect(!isOpen)
    }

    @Test("an empty string or line contains no record", arguments: ["", "\n", "\r\n\r\n", "\u{feff}", "\u{feff}\n"])
    func none(text: String) {
        #expect(Self.records(text).records.isEmpty)
    }

    @Test("a byte order mark is removed only at the start")
    func byteOrderMark() {
        #expect(Self.records("\u{feff}a,\u{feff}b").records.map(\.values) == [["a", "\u{feff}b"]])
        #expect(Self.records("\u{feff}\"a,b\"").records.map(\.values) == [["a,b"]])
    }

    @Test("an unclosed quote is reported", arguments: ["\"a", "a,\"b\nc", "a\nb,\"", "\"a\"\"", "x\n\"y,z\n"])
    func open(text: String) {
        #expect(Self.records(text).isOpen)
    }

    @Test("a record has its line number, even after empty lines and multi-line values")
    func lines() {
        let text = "a\n\r\n\"b\nb\nb\",c\r\n\nd"
        #expect(Self.records(text).records.map(\.line) == [1, 3, 7])
    }
}
