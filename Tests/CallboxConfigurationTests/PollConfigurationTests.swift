import Testing

@testable import CallboxConfiguration

@Suite("Poll intervals of an API")
struct PollConfigurationTests {
    private static func settings(_ text: String, of api: String = "certificall") throws -> APISettings? {
        let configuration = try ConfigurationFile.parse(
            "apis:\n  \(api): {\(text)}", file: "/etc/callbox/callbox.yaml")
        return configuration.apis[api]
    }

    @Test("a poll interval from a second to a day is accepted", arguments: [("1s", 1), ("5m", 300), ("1d", 86_400)])
    func accepted(text: String, seconds: Int) throws {
        #expect(try Self.settings("poll: \(text)")?.pollInterval == .seconds(seconds))
        #expect(try Self.settings("follow-up: true")?.pollInterval == nil)
    }

    @Test(
        "a poll interval below a second, above a day or without a unit is rejected",
        arguments: ["0s", "999ms", "2d", "5", "often"])
    func rejected(text: String) {
        #expect(throws: ConfigurationError.self) { try Self.settings("poll: \(text)") }
    }

    @Test("a poll interval of an API without polling is rejected")
    func klavi() {
        #expect(throws: ConfigurationError.self) { try Self.settings("poll: 5m", of: "klavi") }
    }
}
