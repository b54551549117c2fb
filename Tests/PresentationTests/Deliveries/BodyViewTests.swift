import TerminalOutput
import TestKit
import Testing

@testable import Presentation

@Suite("Bodies as text")
struct BodyViewTests {
    private static func lines(
        _ bytes: [UInt8], _ type: String? = nil, isRevealed: Bool = false, usesColor: Bool = false
    ) -> [String] {
        var lines: [String] = []
        BodyView(bytes: bytes, contentType: type, isRevealed: isRevealed, command: "callbox show 1 --body")
            .forEachLine(on: RecordedOutput().console(usesColor: usesColor)) { lines.append($0) }
        return lines
    }

    @Test("names, strings, numbers and literals of JSON have different colours")
    func colors() {
        let lines = Self.lines(Array(#"{"a":"b","c":[1,true]}"#.utf8), usesColor: true)
        #expect(
            lines == [
                "{", "  \u{1b}[36m\"a\"\u{1b}[0m: \u{1b}[32m\"b\"\u{1b}[0m,", "  \u{1b}[36m\"c\"\u{1b}[0m: [",
                "    \u{1b}[33m1\u{1b}[0m,", "    \u{1b}[2mtrue\u{1b}[0m", "  ]", "}",
            ])
    }

    @Test("a long string is cut, and the length of the rest is shown on the same line")
    func longString() {
        let lines = Self.lines(Array("[\"\(String(repeating: "x", count: 10_000))\",2]".utf8))
        #expect(lines[1].hasSuffix("xxx… (5.8 KB more),"))
        #expect(lines[1].utf8.count < 4200)
        #expect(lines[2] == "  2")
        let whole = Self.lines(Array("[\"\(String(repeating: "x", count: 4000))\"]".utf8))
        #expect(!whole.joined().contains("…"))
    }

    @Test("a very long value is masked and cut, and the length of the rest is shown")
    func farTooLong() {
        let text = "10020030088 " + String(repeating: "x", count: 3 * 1024 * 1024)
        let line = Self.lines(Array(text.utf8))
        #expect(line.count == 1)
        #expect(line[0].hasPrefix("•••••••••88 xxx"))
        #expect(line[0].hasSuffix("xxx… (2.9 MB more)"))
        #expect(line[0].utf8.count < 66_000)
        let json = Self.lines(Array("[\"\(text)\"]".utf8))
        #expect(json[1].hasPrefix("  \"•••••••••88 xxx"))
        #expect(json[1].hasSuffix("xxx… (3.0 MB more)"))
        #expect(json[1].utf8.count < 4200)
    }

    @Test("a number at the position of the cut is not shown in part")
    func cutNumber() {
        for count in 4080...4096 {
            let text = String(repeating: "x", count: count) + " 10020030088 " + String(repeating: "y", count: 99)
            #expect(!Self.lines(Array("[\"\(text)\"]".utf8)).joined().contains("1002"))
        }
    }

    @Test("the first bytes of binary data are shown in hexadecimal, with the file type")
    func binary() {
        let pdf = Array("%PDF-1.7\n".utf8) + [UInt8](repeating: 0x41, count: 1000)
        let lines = Self.lines(pdf)
        #expect(lines[0] == "  PDF, 1009 bytes that are not text; the first 256:")
        #expect(lines[1] == "  000000  25 50 44 46 2d 31 2e 37 0a 41 41 41 41 41 41 41  %PDF-1.7.AAAAAAA")
        #expect(lines.count == 18)
        #expect(lines[17] == "  … 753 bytes more: callbox show 1 --body")
        #expect(lines.allSatisfy { $0.count <= 80 })
        let short = Self.lines([0xff, 0x1b, 0x9b])
        #expect(short[0] == "  3 bytes that are not text:")
        #expect(short[1].hasSuffix("ff 1b 9b" + String(repeating: " ", count: 41) + "..."))
    }

    @Test(
        "the file type of binary data is detected from its first bytes",
        arguments: [
            ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0], FileKind.png), ([0xff, 0xd8, 0xff, 0xe0], .jpeg),
            ([0x50, 0x4b, 0x03, 0x04], .zip), ([0x1f, 0x8b, 0x08], .gzip), ([0x25, 0x50, 0x44, 0x46, 0x2d], .pdf),
            ([0x1f, 0x8b], nil), ([], nil), ([0x20, 0x25, 0x50, 0x44, 0x46, 0x2d], nil),
        ] as [([UInt8], FileKind?)])
    func types(bytes: [UInt8], expected: FileKind?) {
        #expect(FileKind(bytes) == expected)
    }

    @Test("a multipart body is shown as text")
    func multipart() {
        let body = "--b\r\n\r\n[1]\r\n--b--"
        #expect(Self.lines(Array(body.utf8), "multipart/form-data; boundary=b").count == 4)
    }

    @Test("the values of a form are masked according to their names")
    func form() {
        let body = Array("cpf=12345678901&client_secret=s&x=a%26b".utf8)
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        #expect(
            Self.lines(body, type)
                == ["cpf=•••••••••01&client_secret=s&x=a%26b"].map {
                    $0.replacing("client_secret=s", with: "client_secret=[masked]")
                })
        #expect(Self.lines(body, type, isRevealed: true) == ["cpf=12345678901&client_secret=s&x=a%26b"])
    }

    @Test("a body is escaped for a terminal", arguments: [nil, "application/json", "multipart/mixed; boundary=b"])
    func hostile(type: String?) {
        let hostile = HostileText.sample
        for body in [
            hostile, "[\"\(hostile.filter { $0 != "\r\n" })\"]",
            "--b\r\nX-\(hostile): \(hostile)\r\n\r\n\(hostile)\r\n--b--",
            "--b\r\nContent-Type: \(hostile)\r\n\r\n[\"\u{202e}\u{9b}\"]",
        ] {
            for isRevealed in [false, true] {
                for line in Self.lines(Array(body.utf8), type, isRevealed: isRevealed) {
                    #expect(HostileText.hostile(in: line, layout: ["\t"]).isEmpty)
                }
            }
        }
    }
}
