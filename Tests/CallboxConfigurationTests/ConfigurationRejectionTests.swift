import Deliveries
import Foundation
import Testing

@testable import CallboxConfiguration

@Suite("Invalid configuration files")
struct ConfigurationRejectionTests {
    /// A configuration and the errors that it must cause.
    struct Rejection: Sendable, CustomTestStringConvertible {
        let yaml: String
        let message: String

        var testDescription: String { yaml }
    }

    /// The configurations in rejections.txt. Each configuration is on one line. Its errors are indented on the lines
    /// below.
    private static let listed: [Rejection] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "rejections.txt")
        let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
        return zip(lines, lines.dropFirst()).filter { $1.hasPrefix("    ") }.map { yaml, message in
            Rejection(
                yaml: String(yaml).replacing("⏎", with: "\n").replacing("⇥", with: "\t").replacing("␛", with: "\u{1b}"),
                message: String(message.dropFirst(4)).replacing("⏎", with: "\n"))
        }
    }()

    private static func expect(_ rejection: Rejection) {
        let failure = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(rejection.yaml, file: "c.yaml")
        }
        guard case .invalid(let problems)? = failure else { return }
        #expect(problems.map(\.message).joined(separator: "\n") == rejection.message)
    }

    @Test("each error names the line, the key and the problem", arguments: listed)
    func rejected(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test("every configuration in rejections.txt is read")
    func count() {
        #expect(Self.listed.count == 168)
    }

    @Test("an error never shows a secret that was written in the file")
    func secretIsNotShown() {
        for yaml in ["sources: {klavi: {secrets: [hunter2]}}", "apis: {certn-centric: {api-key: hunter2}}"] {
            let failure = #expect(throws: ConfigurationError.self) { try ConfigurationFile.parse(yaml, file: "c.yaml") }
            #expect(failure?.message.contains("hunter2") == false)
            #expect(failure?.advice?.contains("hunter2") != true)
        }
    }

    @Test("a topic has at most 100 bytes")
    func longestTopic() throws {
        let topic = String(repeating: "x", count: 100)
        let configuration = try ConfigurationFile.parse("sources: {klavi: {routes: {a: \(topic)}}}", file: "c.yaml")
        #expect(configuration.sources.first?.routes.entries.first?.topic == topic)
    }

    @Test(
        "a redirect URL that is not http or https, or has a user name, is rejected",
        arguments: [
            "javascript:alert(1)", "app.example.com", "//app.example.com/", "https://", "https://user@app.example.com/",
            "https://app.example.com/../x", "ftp://app.example.com/", "https://app.example.com\\@evil.example/",
        ], ["allow: ['?']", "landing: '?'"])
    func redirects(entry: String, key: String) {
        Self.expect(
            Rejection(
                yaml: "sources:\n  klavi:\n    redirects:\n      \(key.replacing("?", with: entry))",
                message: "c.yaml, line 3: sources.klavi.redirects has '\(entry)'; "
                    + "use a URL without a user name, such as https://app.example.com/welcome"))
    }
}
