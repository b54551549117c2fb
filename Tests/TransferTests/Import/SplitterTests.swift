import Testing

@testable import Transfer

@Suite("Splitting files")
struct SplitterTests {
    private typealias Element = ElementSplitter.Element

    private static func split(_ text: String, piece: Int = 1, limit: Int = 1000) -> [Element] {
        var splitter = ElementSplitter(byteCountLimit: limit)
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            splitter.feed(Array(bytes[start..<min(start + piece, bytes.count)]))
        }
        splitter.finish()
        return splitter.takeElements()
    }

    private static func texts(_ elements: [Element]) -> [String] {
        elements.map { $0.flaw.map { "\($0)" } ?? String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(
        "records are found in every layout",
        arguments: [
            ("{\"a\":1}\n{\"b\":2}\n", [#"{"a":1}"#, #"{"b":2}"#]),
            ("{\"a\":1}\r\n\r\n{\"b\":2}", [#"{"a":1}"#, #"{"b":2}"#]),
            (#"{"a":1}{"b":"}{"}"#, [#"{"a":1}"#, #"{"b":"}{"}"#]),
            (#" [ {"a":1} , {"b":[2]} ] "#, [#"{"a":1}"#, #"{"b":[2]}"#]),
            ("{\n  \"a\": [\n    1\n  ]\n}\n{\n}\n", ["{\n  \"a\": [\n    1\n  ]\n}", "{\n}"]),
            ("\u{feff}{\"a\":1}\n\u{feff}{\"b\":2}", [#"{"a":1}"#, #"{"b":2}"#]),
            ("\u{1e}{\"a\":1}\n\u{1e}{}\n", [#"{"a":1}"#, "{}"]),
            ("{\"a\":1},\n{\"b\":2},\n", [#"{"a":1}"#, #"{"b":2}"#]), ("[]", []), ("", []),
            ("[[1,\"]\"],7,\"x,y\"]", [#"[1,"]"]"#, "7", #""x,y""#]),
            (#"{"a":"\\\"{"}"#, [#"{"a":"\\\"{"}"#]),
            (#"{"log":{"entries":{"a":[1]}}}"#, [#"{"log":{"entries":{"a":[1]}}}"#]),
        ])
    func records(text: String, records: [String]) {
        for piece in [1, 2, 3, 1000] {
            let found = Self.split(text, piece: piece)
            #expect(Self.texts(found) == records)
            #expect(found.allSatisfy { $0.kind == .record && !$0.isShortened })
        }
    }

    @Test(
        "the entries of a HAR are found at any depth, and only the members that are imported are kept",
        arguments: [
            #"{"log":{"entries":[{"request":{"url":1},"response":{"a":"]}"},"time":2},{"cache":{}}]}}"#,
            #"{"a":{"log":{"pages":[{"entries":[9]}],"entries":[{"time":0,"request":{"url":1}},{}]}},"b":[{"c":1}]}"#,
            #"[{"log":{"entries":[{"request":{"url":1}}]}},{"log":{"entries":[{"x":1}]}}]"#,
            "{\"version\":\"1.2\",\n\"entries\":[\n{\"request\":{\"url\":1}},\n{\"_x\":{}}]}",
            "{ \"log\" :\n{ \"entries\" : [ { \"request\" : {\"url\":1} , \"x\":[{}] } , { } ] } }",
        ])
    func entries(text: String) {
        for piece in [1, 7, 1000] {
            let found = Self.split(text, piece: piece)
            #expect(found.allSatisfy { $0.kind == .entry && $0.flaw == nil })
            #expect(found.map(\.number) == [1, 2])
            #expect(Self.texts(found).map { $0.filter { $0 != " " } } == [#"{"request":{"url":1}}"#, "{}"])
        }
    }

    @Test(
        "a HAR whose objects start on new lines is read",
        arguments: [
            "{\"log\":{\n\"creator\":\n{\"name\":\"x\"},\n\"pages\":[\n{\"id\":1}],\n\"entries\":[\n{\"request\":1}]}}",
            "{\n\"log\":\n{\n\"entries\":\n[\n{\n\"request\":1}]}}",
        ])
    func lineStarts(text: String) {
        for piece in [1, 1000] {
            #expect(Self.texts(Self.split(text, piece: piece)).map { $0.filter { $0 != "\n" } } == [#"{"request":1}"#])
        }
    }

    @Test("the end of a long member name is not mistaken for a member name")
    func longName() {
        let name = String(repeating: "x", count: 100)
        let text = #"{"log":{"\#(name)entries":[7],"entries":[{}]}}"#
        for piece in [1, 108, 109, 110, 1000] { #expect(Self.texts(Self.split(text, piece: piece)) == ["{}"]) }
    }

    @Test("a second HAR in one object is reported, and other members after the entries are ignored")
    func second() {
        for piece in [1, 1000] {
            let two = Self.split(
                #"{"a":{"log":{"entries":[{}],"x":["log"]}},"b" : {"log" : {"pages":[],"entries" : [{"x":[1]}]}}}"#
                    + #"{"c":1}"#, piece: piece)
            #expect(Self.texts(two) == ["{}", "secondEntries", #"{"c":1}"#])
            let one = Self.split(
                #"{"log":{"entries":[{}],"_x":{"entries":[1]},"log":7,"y":{"entries":[]}}}"#, piece: piece)
            #expect(Self.texts(one) == ["{}"])
        }
    }

    @Test("members that are not imported are dropped, and strings of an element above the size limit are emptied")
    func long() {
        let long = String(repeating: "x", count: 5000)
        let response = Self.split(#"{"log":{"entries":[{"response":"\#(long)","request":{"a":"b"}}]}}"#)
        #expect(Self.texts(response) == [#"{"request":{"a":"b"}}"#])
        #expect(response.map(\.isShortened) == [false])
        for piece in [1, 1000] {
            let request = Self.split(
                #"{"log":{"entries":[{"request":{"text":"\\\#(long)\"\u0041","url":"u"}}]}}"#, piece: piece)
            #expect(Self.texts(request) == [#"{"request":{"text":"","url":"u"}}"#])
            #expect(request.map(\.isShortened) == [true])
        }
        let structure = "[" + String(repeating: "[1],", count: 300_000) + "]"
        #expect(Self.texts(Self.split("[\(structure),7]", piece: 4096)) == ["tooLong", "7"])
    }

    @Test(
        "damaged text does not prevent the splitter from reading the next line",
        arguments: [
            ("no JSON, {\"a\"}\n{\"b\":2}", ["no JSON, {\"a\"}", #"{"b":2}"#], [1, 2]),
            ("{\"callbox\":\n{\"b\":2}", ["cutOff", #"{"b":2}"#], [1, 2]),
            ("{\"a\":\n{\"b\":2}}", ["{\"a\":\n{\"b\":2}}"], [1]),
            ("{\"a\":\"x\n\n{\"b\":2}", ["cutOff", #"{"b":2}"#], [1, 3]),
            ("{\"a\":1}}\n{\"b\":2}", [#"{"a":1}"#, "}", #"{"b":2}"#], [1, 1, 2]), ("]\n{}", ["]", "{}"], [1, 2]),
            ("{\"a\":[1", ["cutOff"], [1]), ("[{},", ["{}", "cutOff"], [1, 1]), ("\n\n{\"a\":\"", ["cutOff"], [3]),
            ("{\"log\":{\"entries\":[{\"request\"", ["cutOff"], [1]),
            ("{\"log\":{\"entries\":[{},", ["{}", "cutOff"], [1, 2]),
            ("{\"log\":{\"entries\":[{}]", ["{}", "cutOff"], [1, 1]),
        ])
    func damaged(text: String, elements: [String], numbers: [Int]) {
        for piece in [1, 3, 1000] {
            let found = Self.split(text, piece: piece)
            #expect(Self.texts(found) == elements)
            #expect(found.map(\.number) == numbers)
        }
    }

    @Test("texts with any depth and any brackets are split without a crash")
    func hostile() {
        #expect(
            Self.texts(Self.split(String(repeating: "[", count: 100_000), piece: 4096, limit: 1_000_000)) == ["cutOff"])
        #expect(
            Self.texts(Self.split(String(repeating: "{\"log\":", count: 100_000), piece: 4096, limit: 1_000_000)) == [
                "cutOff"
            ])
        // Tries every 101st combination of six of these characters. The combinations reach many states of the splitter.
        let signs = Array("{}[]\":,\n".utf8)
        for number in 0..<(8 * 8 * 8 * 8 * 8 * 8) where number % 101 == 0 {
            var splitter = ElementSplitter(byteCountLimit: 8)
            splitter.feed(
                (0..<6).map { signs[number >> ($0 * 3) & 7] } + Array(#"log":{"entries":[{"request":{}}]"#.utf8))
            splitter.finish()
        }
    }

    @Test("UTF-16 is read in pieces of any size, and a lone surrogate becomes U+FFFD")
    func utf16() {
        let text = "{\"a\":\"São 😀\"}\r\n"
        for isBigEndian in [true, false] {
            let bytes = text.utf16.flatMap {
                isBigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)]
            }
            for size in [1, 2, 3, 5, 1000] {
                var decoder = UTF16Decoder(isBigEndian: isBigEndian)
                var decoded: [UInt8] = []
                for start in stride(from: 0, to: bytes.count, by: size) {
                    decoded += decoder.decode(Array(bytes[start..<min(start + size, bytes.count)]), isLast: false)
                }
                decoded += decoder.decode([], isLast: true)
                #expect(String(decoding: decoded, as: UTF8.self) == text)
            }
        }
        var decoder = UTF16Decoder(isBigEndian: true)
        #expect(decoder.decode([0xd8, 0x3d], isLast: false) == [])
        #expect(String(decoding: decoder.decode([0x00], isLast: true), as: UTF8.self) == "\u{fffd}\u{fffd}")
    }

    @Test(
        "the encoding is recognised by the first bytes",
        arguments: [
            ([0xff, 0xfe, 0x7b, 0], TextEncoding.utf16LittleEndian), ([0x7b, 0, 0x22, 0], .utf16LittleEndian),
            ([0xfe, 0xff, 0, 0x7b], .utf16BigEndian), ([0, 0x7b], .utf16BigEndian), ([0xef, 0xbb, 0xbf, 0x7b], .utf8),
            ([0x7b, 0x22], .utf8), ([0x7b], .utf8), ([], .utf8), ([0, 0], .utf8),
        ])
    func encoding(start: [UInt8], encoding: TextEncoding) {
        #expect(TextEncoding(start: start) == encoding)
    }

    @Test(
        "the error for a file that is not text names its format",
        arguments: [
            ([0xff, 0xfe, 0, 0, 0x7b], "UTF-32"), (Array("PK\u{3}\u{4}..".utf8), "a zip archive"),
            ([0x1f, 0x8b, 8], "compressed with gzip"), (Array("SQLite format 3\0".utf8), "a SQLite database"),
            (Array("<html>".utf8), "XML or HTML"), ([0x78, 0xda], "compressed with zlib"),
        ])
    func other(start: [UInt8], what: String) {
        guard case .other(what, let advice) = TextEncoding(start: start) else {
            Issue.record("\(TextEncoding(start: start))")
            return
        }
        #expect(advice.hasSuffix("."))
    }
}
