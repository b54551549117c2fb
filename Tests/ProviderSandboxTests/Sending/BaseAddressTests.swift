import Testing

@testable import ProviderSandbox

@Suite("Base address")
struct BaseAddressTests {
    @Test(
        "host, port and prefix",
        arguments: [
            ("http://127.0.0.1:8787", "127.0.0.1", 8787, "", "127.0.0.1:8787"),
            ("http://localhost/", "localhost", 80, "", "localhost"),
            ("HTTP://h:80/in/", "h", 80, "/in", "h"),
            ("http://[::1]:9/a/b", "::1", 9, "/a/b", "[::1]:9"),
        ])
    func parts(text: String, host: String, port: Int, prefix: String, hostHeader: String) throws {
        let base = try #require(BaseAddress(text))
        #expect(base.host == host)
        #expect(base.port == port)
        #expect(base.pathPrefix == prefix)
        #expect(base.hostHeader == hostHeader)
    }

    @Test(
        "what is no plain address is refused",
        arguments: [
            "", "127.0.0.1:8787", "https://h", "ftp://h", "http://", "http:///x", "http://u@h", "http://u:p@h",
            "http://h?x", "http://h/#x", "http://h:0", "http://h:65536", "http://h:x", "http://h\r\nX: y", "http://h /",
            "http://h\u{e9}",
        ])
    func refused(text: String) {
        #expect(BaseAddress(text) == nil)
    }

    @Test("Host and Content-Length change in place, the prefix comes before the target")
    func addressed() throws {
        let base = try #require(BaseAddress("http://127.0.0.1:8787/in"))
        let request = SampleRequest(
            method: "POST", target: "/klavi?a=%2F",
            headers: [
                HeaderLine("content-length", "99"), HeaderLine("A", "b"), HeaderLine("host", "callbox.example"),
                HeaderLine("Transfer-Encoding", "chunked"), HeaderLine("Content-Length", "99"),
            ],
            body: [1, 2, 3])
        let addressed = request.addressed(to: base)
        #expect(addressed.target == "/in/klavi?a=%2F")
        #expect(
            addressed.headers == [
                HeaderLine("content-length", "3"), HeaderLine("A", "b"), HeaderLine("host", "127.0.0.1:8787"),
            ])
        #expect(addressed.body == [1, 2, 3])
    }

    @Test("a missing Host comes first, a missing Content-Length last and only with a body")
    func missingHeaders() throws {
        let base = try #require(BaseAddress("http://h"))
        var request = SampleRequest(method: "GET", target: "/", headers: [HeaderLine("A", "b")], body: [])
        #expect(request.addressed(to: base).headers == [HeaderLine("Host", "h"), HeaderLine("A", "b")])
        request.body = [1]
        #expect(request.addressed(to: base).headers.last == HeaderLine("Content-Length", "1"))
    }
}
