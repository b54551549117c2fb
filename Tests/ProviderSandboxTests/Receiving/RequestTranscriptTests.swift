import Testing

@testable import ProviderSandbox

@Suite("Request transcript")
struct RequestTranscriptTests {
    private func text(head: [String] = ["POST / HTTP/1.1"], body: [UInt8]) -> String {
        RequestTranscript.text(ReceivedRequest(headLines: head.map { Array($0.utf8) }, body: body), number: 3)
    }

    @Test("a printable body is shown as it is")
    func printable() {
        let shown = text(head: ["POST /a HTTP/1.1", "B: c", "b: d"], body: Array(#"{"nome":"João \\"}"#.utf8))
        #expect(
            shown.hasPrefix("\n--- request 3\nPOST /a HTTP/1.1\nB: c\nb: d\n\nbody: 19 bytes, sha256 "))
        #expect(shown.hasSuffix("\n" + #"{"nome":"João \\"}"#))
        #expect(!shown.contains("escaped"))
    }

    @Test("an empty body has a size and a digest, and no line")
    func empty() {
        #expect(
            text(body: []).hasSuffix(
                "\n\nbody: 0 bytes, sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    }

    @Test("control bytes of head and body never come through")
    func hostile() {
        let shown = text(
            head: ["GET /\u{1b}]0;x\u{7} HTTP/1.1", "A: b\u{9b}31m\u{202e}\\"],
            body: [0x1b, 0x5b, 0x32, 0x4a, 0x0a, 0x5c, 0xff, 0x00, 0x7f])
        #expect(shown.contains(#"GET /\x1b]0;x\x07 HTTP/1.1"#))
        #expect(shown.contains(#"A: b\u{9b}31m\u{202e}\\"#))
        #expect(shown.hasSuffix(", escaped\n" + #"\x1b[2J\n\\\xff\x00\x7f"#))
        #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test("a body at the limit is whole, a larger one is cut and counted")
    func cut() {
        let limit = RequestTranscript.shownByteCountLimit
        let whole = Array(repeating: UInt8(ascii: "a"), count: limit)
        #expect(text(body: whole).hasSuffix("\n" + String(repeating: "a", count: limit)))
        #expect(text(body: whole + [0x62, 0x1b]).hasSuffix("a\n… and 2 more bytes"))
    }

    @Test("a character across the cut is left out whole")
    func cutCharacter() {
        let start = Array(repeating: UInt8(ascii: "a"), count: RequestTranscript.shownByteCountLimit - 1)
        let shown = text(body: start + Array("😀z".utf8))
        #expect(!shown.contains("escaped"))
        #expect(shown.hasSuffix("a\n… and 5 more bytes"))
    }
}
