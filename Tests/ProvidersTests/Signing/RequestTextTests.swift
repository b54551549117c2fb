import Deliveries
import Providers
import Testing

@Suite("HTTP requests in files")
struct RequestTextTests {
    private static func read(_ text: String) -> RequestText? {
        RequestText(Array(text.utf8))
    }

    @Test("lines end with LF or CRLF, and the body is every byte after the empty line", arguments: ["\n", "\r\n"])
    func request(end: String) throws {
        let head = ["POST /klavi HTTP/1.1", "Host: h", "X-Empty:", "X-Colon:  a:b  ", "x-a:1", ""]
        let request = try #require(Self.read(head.joined(separator: end) + end + "{\r\n}\n\n"))
        #expect(request.headers.map(\.name) == ["Host", "X-Empty", "X-Colon", "x-a"])
        #expect(request.headers.map(\.value) == ["h", "", "a:b", "1"])
        #expect(request.body == Array("{\r\n}\n\n".utf8))
    }

    @Test("a body may contain any bytes or be empty")
    func bytes() throws {
        let head = Array("POST / HTTP/1.0\r\n\r\n".utf8)
        #expect(try #require(RequestText(head + Array(0...255))).body == Array(0...255))
        #expect(try #require(RequestText(head)).body.isEmpty)
    }

    @Test(
        "a text without a request line is not a request",
        arguments: ["", "\n", "{}", "{\"a\": 1}\n", "POST /\n\n", "HTTP/1.1 200 OK\n\n", "POST / x HTTP/1.1\n\n", "\0"])
    func junk(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test("bytes that are not UTF-8 do not trap")
    func notUTF8() {
        #expect(RequestText([0xff, 0xfe, 0x0a, 0x0a]) == nil)
        #expect(RequestText(Array("POST / HTTP/1.1\nA: ".utf8) + [0xff, 0x0a, 0x0a])?.headers.count == 1)
    }

    @Test("a header needs a name and a colon", arguments: ["", ":", ": x", "Host", "Host h"])
    func noField(line: String) {
        #expect(RequestText.field(line) == nil)
    }
}
