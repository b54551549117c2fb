import Testing

@testable import Providers

@Suite("The base URL of an API")
struct APIRootTests {
    @Test(
        "https to any host and http on this machine are accepted",
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

    @Test(
        "a link from an API may point to the API or to a public host name, but not into the local network",
        arguments: [
            ("https://files.example.com/x.pdf?sig=1", true), ("https://api.test:8443/x.pdf", true),
            ("https://10.0.0.7/x.pdf", false), ("https://api.test/x.pdf", true),
            ("http://files.example.com/x.pdf", false),
            ("http://127.0.0.1:8788/metrics", false), ("https://127.0.0.1/x", false), ("https://localhost/x", false),
            ("https://a.localhost/x", false), ("https://169.254.169.254/latest", false), ("https://[::1]/x", false),
            ("https://[fe80::1]/x", false), ("https://2130706433/x", false), ("https://0x7f.1/x", false),
            ("https://127.0x1/x", false), ("https://intranet/x", false), ("https://db.internal/x", false),
            ("https://files.example.com./x", false), ("https://user@files.example.com/x", false),
            ("file:///etc", false),
        ])
    func links(url: String, isPermitted: Bool) throws {
        #expect(try APIRoot("https://api.test:8443").permits(link: url) == isPermitted)
    }

    @Test("a fake API on this machine may link to itself, but not to another port")
    func localLinks() throws {
        let root = try APIRoot("http://127.0.0.1:9900/certn")
        #expect(root.permits(link: "http://127.0.0.1:9900/files/x.pdf"))
        #expect(!root.permits(link: "http://127.0.0.1:8788/metrics"))
    }

    @Test(
        "an identifier cannot change the structure of the path",
        arguments: ["../users", "a/b", "a?b=c", "a#b", "ä b", "%2e%2e"])
    func segments(id: String) throws {
        let segment = try APIRoot.segment(id, "The case")
        #expect(segment.allSatisfy { $0 != "/" && $0 != "?" && $0 != "#" && $0.isASCII })
        #expect(segment != id)
    }

    @Test("malformed identifiers are rejected", arguments: ["", ".", ".."])
    func emptySegments(id: String) {
        #expect(complaint { _ = try APIRoot.segment(id, "The case") } == "The case is empty or not an identifier.")
    }
}
