import Testing

@testable import CallboxConfiguration

@Suite("Production hosts")
struct HostPatternTests {
    @Test(
        "a pattern matches one host in any letter case, or all hosts below a domain",
        arguments: [
            ("api.example.com", "API.Example.com", true), ("api.example.com", "api.example.com.", true),
            ("api.example.com", "x.api.example.com", false), ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false), ("*.example.com", "badexample.com", false),
            ("127.0.0.1", "127.0.0.1", true), ("[::1]", "::1", true),
        ])
    func matches(pattern: String, host: String, isMatch: Bool) throws {
        #expect(try #require(HostPattern(pattern)).matches(host) == isMatch)
    }

    @Test(
        "URLs, paths, ports and other wildcards are not patterns",
        arguments: ["", "*", "*.", "http://a", "a/b", "a:80", "::1:g", "*.::1", "a*b", "user@a", "a b"])
    func rejected(text: String) {
        #expect(HostPattern(text) == nil)
    }

    @Test("production-hosts accepts host patterns and rejects URLs")
    func section() throws {
        let configuration = try ConfigurationFile.parse(
            "replay:\n  production-hosts: [api.example.com]\n", file: "callbox.yaml")
        #expect(configuration.productionHosts.map { $0.matches("api.example.com") } == [true])
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse("replay:\n  production-hosts: [\"http://a\"]\n", file: "callbox.yaml")
        }
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse("replay:\n  production: [a]\n", file: "callbox.yaml")
        }
    }
}
