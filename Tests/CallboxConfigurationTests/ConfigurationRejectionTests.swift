import Deliveries
import Foundation
import Testing

@testable import CallboxConfiguration

@Suite("What a configuration file may not say")
struct ConfigurationRejectionTests {
    /// A configuration and what is said of it.
    struct Rejection: Sendable, CustomTestStringConvertible {
        let yaml: String
        let message: String

        var testDescription: String { yaml }
    }

    /// Those of rejections.txt: one line for each configuration, indented beneath it the message.
    private static let listed: [Rejection] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "rejections.txt")
        let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
        return zip(lines, lines.dropFirst()).filter { $1.hasPrefix("    ") }.map { yaml, message in
            Rejection(
                yaml: String(yaml).replacing("⏎", with: "\n").replacing("⇥", with: "\t").replacing("␛", with: "\u{1b}"),
                message: String(message.dropFirst(4)))
        }
    }()

    private static func expect(_ rejection: Rejection) {
        let failure = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(rejection.yaml, file: "c.yaml")
        }
        #expect(failure?.isUnreadableFile == false)
        #expect(failure?.message == rejection.message)
    }

    @Test("each is rejected with its line, its key and what would do", arguments: listed)
    func rejected(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test("the list is read whole")
    func count() {
        #expect(Self.listed.count == 153)
    }

    @Test("a secret that stands in the file is in no message")
    func secretIsNotShown() {
        for yaml in ["sources: {klavi: {secrets: [hunter2]}}", "apis: {certn-centric: {api-key: hunter2}}"] {
            let failure = #expect(throws: ConfigurationError.self) { try ConfigurationFile.parse(yaml, file: "c.yaml") }
            #expect(failure?.message.contains("hunter2") == false)
            #expect(failure?.advice?.contains("hunter2") != true)
        }
    }

    @Test("a topic of a hundred bytes is the longest")
    func longestTopic() throws {
        let topic = String(repeating: "x", count: 100)
        let configuration = try ConfigurationFile.parse("sources: {klavi: {routes: {a: \(topic)}}}", file: "c.yaml")
        #expect(configuration.sources.first?.routes.entries.first?.topic == topic)
    }

    @Test(
        "redirects to what is no plain web address",
        arguments: [
            "javascript:alert(1)", "app.example.com", "//app.example.com/", "https://", "https://user@app.example.com/",
            "https://app.example.com/../x", "ftp://app.example.com/", "https://app.example.com\\@evil.example/",
        ], ["allow: ['?']", "landing: '?'"])
    func redirects(entry: String, key: String) {
        Self.expect(
            Rejection(
                yaml: "sources:\n  klavi:\n    redirects:\n      \(key.replacing("?", with: entry))",
                message: "c.yaml, line 3: sources.klavi.redirects has '\(entry)', "
                    + "which is not a URL such as https://app.example.com/welcome without user name"))
    }
}
