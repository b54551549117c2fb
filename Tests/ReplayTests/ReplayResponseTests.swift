import Testing

@testable import Replay

@Suite("The text of a response")
struct ReplayResponseTests {
    private static func text(
        _ bytes: [UInt8], type: String = "text/plain", encoding: String = "", total: Int? = nil
    ) -> (start: String, isCut: Bool)? {
        ReplayResponse(
            status: 500, contentType: type, contentEncoding: encoding, bodyPrefix: bytes,
            bodyByteCount: total ?? bytes.count, bodySHA256: []
        ).text
    }

    @Test(
        "the charset of Content-Type is applied",
        arguments: [
            ("text/plain", Array("São".utf8)), ("application/json; charset=UTF-8", Array("São".utf8)),
            ("text/plain; a=b; charset=\"iso-8859-1\"", [0x53, 0xe3, 0x6f]),
            ("text/html;charset=windows-1252", [0x53, 0xe3, 0x6f]),
            ("text/html; charset=utf-16le", [0x53, 0, 0xe3, 0, 0x6f, 0]),
        ])
    func charset(type: String, bytes: [UInt8]) {
        #expect(Self.text(bytes, type: type)?.start == "São")
    }

    @Test(
        "text that has no charset and is not UTF-8 is read as windows-1252", arguments: ["text/plain", "text/html", ""])
    func withoutCharset(type: String) {
        #expect(Self.text(Array("<p>S".utf8) + [0xe3, 0x6f], type: type)?.start == "<p>São")
        #expect(Self.text([0x89, 0x50, 0x4e, 0x47, 0x00], type: "image/png") == nil)
    }

    @Test(
        "bytes that are invalid in their charset have no text",
        arguments: [
            ("image/png", [0xff, 0xd8]), ("text/plain; charset=utf-8", [0x61, 0xc3]), ("text/plain; charset=x", [0x61]),
        ])
    func notText(type: String, bytes: [UInt8]) {
        #expect(Self.text(bytes, type: type) == nil)
    }

    @Test("a long text is cut between two characters", arguments: ["é", "€", "😀"])
    func cut(character: String) throws {
        for shift in 0..<character.utf8.count {
            let text = String(repeating: "x", count: shift) + String(repeating: character, count: 3000)
            let shown = try #require(Self.text(Array(text.utf8)))
            #expect(shown.isCut && text.hasPrefix(shown.start))
            #expect((4093...4096).contains(shown.start.utf8.count))
        }
    }

    /// The text `hello, hello, hello`, compressed to gzip, zlib and raw deflate by Python's zlib.
    private static let encoded: [(encoding: String, trailer: Int, bytes: [UInt8])] = [
        (
            "gzip", 8,
            [
                0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8, 0x40, 0xa2,
                0x00, 0x9f, 0xa1, 0xca, 0x09, 0x13, 0x00, 0x00, 0x00,
            ]
        ),
        (
            "deflate", 4,
            [0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8, 0x40, 0xa2, 0x00, 0x44, 0x28, 0x06, 0xd5]
        ), ("deflate", 4, [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8, 0x40, 0xa2, 0x00]),
    ]

    @Test("gzip and deflate are decoded, even if deflate has no zlib header", arguments: encoded)
    func decoded(encoding: String, trailer: Int, bytes: [UInt8]) throws {
        #expect(Self.text(bytes, encoding: encoding)?.start == "hello, hello, hello")
        let start = try #require(Self.text(Array(bytes.dropLast(trailer + 1)), encoding: encoding, total: bytes.count))
        #expect(start.isCut && "hello, hello, hello".hasPrefix(start.start))
    }

    @Test("a body with an unknown or damaged encoding has no text", arguments: ["br", "gzip"])
    func undecodable(encoding: String) {
        #expect(Self.text([0xff, 0x00, 0xff], encoding: encoding) == nil)
    }
}
