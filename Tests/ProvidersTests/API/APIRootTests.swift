import Testing

@testable import Providers

@Suite("The address of an API")
struct APIRootTests {
    @Test(
        "https anywhere and http on this machine are taken",
        arguments: [
            ("https://api.klavi.ai/data/v1", "https://api.klavi.ai/data/v1"),
            ("https://api.klavi.ai/data/v1/", "https://api.klavi.ai/data/v1"),
            ("HTTPS://api.klavi.ai:8443", "HTTPS://api.klavi.ai:8443"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"), ("http://localhost/x", "http://localhost/x"),
            ("http://[::1]:80", "http://[::1]:80"),
        ])
    func accepts(text: String, root: String) throws {
        #expect(try APIRoot(text).text == root)
    }

    @Test(
        "URLs that would expose credentials are rejected",
        arguments: [
            "", "api.klavi.ai", "http://api.klavi.ai", "ftp://api.klavi.ai", "http://127.0.0.1.example.com",
            "http://localhost.example.com", "http://localhost@example.com", "https://user@example.com",
            "https://user:pw@example.com", "https://example.com?x=1", "https://example.com#x", "https://",
            "https:///path", "https://example.com\r\nX: y", "https://example.com/a b", "https://exämple.com",
            "http://10.0.0.1", "http://127.0.0.2", "https://example.com\\@other.example", "https://example.com//",
        ])
    func rejects(text: String) {
        #expect(complaint { _ = try APIRoot(text) }?.contains("https://host/path") == true)
    }

    @Test("identifiers cannot lead elsewhere", arguments: ["../users", "a/b", "a?b=c", "a#b", "ä b", "%2e%2e"])
    func segments(id: String) throws {
        let segment = try APIRoot.segment(id, "The case")
        #expect(segment.allSatisfy { $0 != "/" && $0 != "?" && $0 != "#" && $0.isASCII })
        #expect(segment != id)
    }

    @Test("malformed identifiers are rejected", arguments: ["", ".", ".."])
    func emptySegments(id: String) {
        #expect(complaint { _ = try APIRoot.segment(id, "The case") } == "The case is empty or no identifier.")
    }
}
