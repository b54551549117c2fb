import ArgumentParser
import CallboxConfiguration
import Foundation
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Settings of serve")
struct ServeSettingsTests {
    private static func settings(
        _ arguments: [String], _ environment: [String: String] = [:], yaml: String = ""
    ) throws -> CallboxConfiguration {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "callbox.yaml")
            try Data(yaml.utf8).write(to: URL(filePath: path))
            return try ServeCommand.parse(["--config", path] + arguments).settings(environment: environment)
        }
    }

    @Test("the listen address is read from the flag, the environment, the file or the default, in that order")
    func listen() throws {
        func address(_ arguments: [String], _ environment: [String: String], _ yaml: String) throws -> String {
            try Self.settings(arguments, environment, yaml: yaml).listen.description
        }
        let environment = ["CALLBOX_LISTEN": "127.0.0.1:2"]
        #expect(try address(["--listen", "127.0.0.1:1"], environment, "listen: 127.0.0.1:3") == "127.0.0.1:1")
        #expect(try address(["-l", "[::1]:1"], [:], "") == "[::1]:1")
        #expect(try address([], environment, "listen: 127.0.0.1:3") == "127.0.0.1:2")
        #expect(try address([], [:], "listen: 127.0.0.1:3") == "127.0.0.1:3")
        #expect(try address([], ["CALLBOX_LISTEN": ""], "listen: 127.0.0.1:3") == "127.0.0.1:3")
        #expect(try address([], [:], "") == "127.0.0.1:8787")
    }

    @Test("the log level is read from the flag, the environment, the file or the default, in that order")
    func logLevel() throws {
        func level(_ arguments: [String], _ environment: [String: String], _ yaml: String) throws -> String {
            try Self.settings(arguments, environment, yaml: yaml).logLevel
        }
        let environment = ["CALLBOX_LOG_LEVEL": "error"]
        #expect(try level(["--log-level", "trace"], environment, "log-level: debug") == "trace")
        #expect(try level([], environment, "log-level: debug") == "error")
        #expect(try level([], [:], "log-level: debug") == "debug")
        #expect(try level([], ["CALLBOX_LOG_LEVEL": ""], "log-level: debug") == "debug")
        #expect(try level([], [:], "") == "info")
    }

    @Test("a string that is not an address is rejected", arguments: ["8787", "127.0.0.1:99999", "\u{1b}[31m"])
    func noAddress(text: String) {
        let failure = CommandFailure(
            .usage, "'\(text.replacing("\u{1b}", with: "\\u{1b}"))' is not an address to listen on",
            advice: "Write it as 127.0.0.1:8787.")
        #expect(throws: failure) { try Self.settings(["--listen", text]) }
        #expect(throws: failure) { try Self.settings([], ["CALLBOX_LISTEN": text]) }
    }

    @Test("an unknown log level is rejected", arguments: ["loud", "INFO"])
    func noLevel(text: String) {
        let failure = CommandFailure(
            .usage, "there is no log level '\(text)'",
            advice: "Use one of trace, debug, info, notice, warning, error, critical.")
        #expect(throws: failure) { try Self.settings(["--log-level", text]) }
        #expect(throws: failure) { try Self.settings([], ["CALLBOX_LOG_LEVEL": text]) }
    }
}
