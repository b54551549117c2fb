import ArgumentParser
import CallboxConfiguration
import Foundation
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Precedence of flags, environment, file and defaults")
struct ConfigurationOptionsTests {
    /// Runs `body` with three files that have different log levels: `flag.yaml`, `environment.yaml` and `callbox.yaml`.
    private static func withFiles(_ body: (TemporaryFolder) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            for (name, level) in [("flag", "error"), ("environment", "warning"), ("callbox", "debug")] {
                let text = "log-level: \(level)\narchive: \(name)-archive"
                try Data(text.utf8).write(to: URL(filePath: folder.path(of: "\(name).yaml")))
            }
            try body(folder)
        }
    }

    @Test("the configuration file is taken from the flag, the environment or the folder, in that order")
    func file() throws {
        try Self.withFiles { (folder) throws in
            func level(_ arguments: [String], _ environment: [String: String], file: String) throws -> String {
                try ConfigurationOptions.parse(arguments)
                    .load(environment: environment, defaultFile: folder.path(of: file)).logLevel
            }
            let flag = ["--config", folder.path(of: "flag.yaml")]
            let environment = ["CALLBOX_CONFIG": folder.path(of: "environment.yaml")]
            #expect(try level(flag, environment, file: "callbox.yaml") == "error")
            #expect(try level(flag, [:], file: "missing.yaml") == "error")
            #expect(try level([], environment, file: "callbox.yaml") == "warning")
            #expect(try level([], [:], file: "callbox.yaml") == "debug")
            #expect(try level([], ["CALLBOX_CONFIG": ""], file: "callbox.yaml") == "debug")
            #expect(try level([], [:], file: "missing.yaml") == "info")
            #expect(try level(["-c", folder.path(of: "flag.yaml")], [:], file: "missing.yaml") == "error")
        }
    }

    @Test("the archive is taken from the flag, the environment, the file or the default, in that order")
    func archive() throws {
        try Self.withFiles { (folder) throws in
            func path(_ arguments: [String], _ environment: [String: String], file: String) throws -> String {
                try ConfigurationOptions.parse(arguments)
                    .load(environment: environment, defaultFile: folder.path(of: file)).archivePath
            }
            let environment = ["CALLBOX_ARCHIVE": "environment"]
            #expect(try path(["--archive", "flag"], environment, file: "callbox.yaml") == "flag")
            #expect(try path(["-a", "flag"], [:], file: "missing.yaml") == "flag")
            #expect(try path([], environment, file: "callbox.yaml") == "environment")
            #expect(try path([], ["CALLBOX_ARCHIVE": ""], file: "callbox.yaml") == folder.path(of: "callbox-archive"))
            #expect(try path([], [:], file: "callbox.yaml") == folder.path(of: "callbox-archive"))
            #expect(try path([], [:], file: "missing.yaml") == "storage/data")
        }
    }

    @Test("a missing file named by the user is rejected, even if another file exists")
    func missing() throws {
        try Self.withFiles { (folder) throws in
            let missing = folder.path(of: "missing.yaml")
            let environment = ["CALLBOX_CONFIG": folder.path(of: "environment.yaml")]
            let failure = CommandFailure(
                .missingInput, "cannot read the configuration \(missing): no such file or directory",
                advice: "Check the path and its permissions.")
            #expect(throws: failure) {
                try ConfigurationOptions.parse(["--config", missing])
                    .load(environment: environment, defaultFile: folder.path(of: "callbox.yaml"))
            }
            #expect(throws: failure) {
                try ConfigurationOptions.parse([])
                    .load(environment: ["CALLBOX_CONFIG": missing], defaultFile: folder.path(of: "callbox.yaml"))
            }
        }
    }

    @Test("the configuration file is searched for in the working directory")
    func defaultFile() {
        #expect(ConfigurationOptions.defaultFile == "callbox.yaml")
    }
}
