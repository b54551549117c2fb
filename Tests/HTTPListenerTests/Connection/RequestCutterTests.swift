import TestKit
import Testing

@testable import HTTPListener

@Suite struct RequestCutterTests {
    private static func bytes(_ text: String, _ cutter: inout RequestCutter) -> RequestCutter.HeadPart {
        Array(text.utf8).withUnsafeBytes { cutter.head($0) }
    }

    @Test(
        "a head ends at its first empty line, however its bytes are split",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
            "POST /x HTTP/1.1\r\nA: b\r\r\nC:\r\n\r\n",
        ])
    func head(text: String) {
        let bytes = Array((text + "GET /next").utf8)
        for cut in 0...text.utf8.count {
            var cutter = RequestCutter()
            var length = 0
            for part in [bytes[..<cut], bytes[cut...]] where length == 0 || cut < text.utf8.count {
                guard case .bytes(let count) = part.withUnsafeBytes({ cutter.head($0) }) else {
                    Issue.record("cut at \(cut): not HTTP")
                    return
                }
                length += count
            }
            #expect(length == text.utf8.count, "cut at \(cut)")
            #expect(cutter.isAtRequestStart)
        }
    }

    @Test(
        "a request line that does not end with a version of HTTP/1 is not HTTP, however the line is split",
        arguments: ["GET / RTSP/1.0\r\n", "SOURCE / ICE/1.0\r\n", "GET /\r\n", "GET / HTTP/2.0\r\n", "x\n"])
    func notHTTP(line: String) {
        for cut in 0..<line.utf8.count {
            var cutter = RequestCutter()
            _ = Self.bytes(String(line.prefix(cut)), &cutter)
            #expect(Self.bytes(String(line.dropFirst(cut)), &cutter) == .notHTTP || line.dropFirst(cut) == "")
        }
    }

    @Test(
        "a malformed method has the same result, however its line is split",
        arguments: [
            "hello\r\n", "*1\r\n", "G(T / HTTP/2.0\r\n", "G(T / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n",
            "G(T /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\n",
        ])
    func malformedMethod(line: String) {
        let bytes = Array(line.utf8)
        for cut in 0..<min(bytes.count, 40) {
            var cutter = RequestCutter()
            var result = bytes[..<cut].withUnsafeBytes { cutter.head($0) }
            if result != .notHTTP { result = bytes[cut...].withUnsafeBytes { cutter.head($0) } }
            #expect(result == .notHTTP, "cut at \(cut)")
        }
    }

    @Test("the positions of blanks can be taken only once")
    func blankOffsets() {
        var cutter = RequestCutter()
        _ = Array("5 ; a = b\r\n".utf8).withUnsafeBytes { cutter.chunkedBody($0) }
        #expect(cutter.takeBlankOffsets() == [1, 3, 5, 7])
        #expect(cutter.takeBlankOffsets().isEmpty)
    }

    @Test(
        "a chunked body ends after its trailers, however its bytes are split",
        arguments: [
            ("0\r\n\r\n", 0), ("3\r\nabc\r\n0\r\n\r\n", 3), ("2;x=\"0\"\r\n\n\n\r\n0\r\nA: b\r\n\r\n", 2),
            ("00a\r\n0123456789\r\n1\r\n\n\r\n000\r\n\r\n", 11),
        ])
    func chunkedBody(text: String, dataByteCount: Int) {
        let bytes = Array((text + "GET / HTTP/1.1").utf8)
        for cut in 0...text.utf8.count {
            var cutter = RequestCutter()
            let first = bytes[..<cut].withUnsafeBytes { cutter.chunkedBody($0) }
            #expect(first == cut)
            if cut < text.utf8.count {
                let second = bytes[cut...].withUnsafeBytes { cutter.chunkedBody($0) }
                #expect(first + second == text.utf8.count, "cut at \(cut)")
            }
            #expect(cutter.isAtRequestStart)
        }
    }

    @Test("framing and data of a chunked body are counted separately")
    func counts() {
        var cutter = RequestCutter()
        let text = "3;extension\r\nabc\r\n1"
        #expect(Array(text.utf8).withUnsafeBytes { cutter.chunkedBody($0) } == text.utf8.count)
        #expect(cutter.dataByteCount == 3)
        #expect(cutter.framingByteCount == text.utf8.count - 3)
    }

    @Test("random bytes never end the process, and are never read beyond their end")
    func random() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            var cutter = RequestCutter()
            for _ in 0..<4 {
                let bytes = generator.bytes(Int.random(in: 0..<40, using: &generator)).map { "0a;\r\nfF"[$0] }
                let taken = bytes.withUnsafeBytes { cutter.chunkedBody($0) }
                #expect((0...bytes.count).contains(taken))
                if case .bytes(let count) = bytes.withUnsafeBytes({ cutter.head($0) }) {
                    #expect((0...bytes.count).contains(count))
                }
            }
        }
    }
}

extension String {
    fileprivate subscript(byte: UInt8) -> UInt8 {
        Array(utf8)[Int(byte) % utf8.count]
    }
}
