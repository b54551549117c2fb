import CallboxConfiguration
import Foundation
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer

@Suite("The first log lines of a server")
struct StartLogTests {
    @Test("each file that others can change causes a warning with the fix", arguments: [0o600, 0o622])
    func exposedFile(mode: mode_t) throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            try Data("0123456789abcdef".utf8).write(to: URL(filePath: path))
            #expect(chmod(path, mode) == 0)
            let configuration = try ConfigurationFile.parse(
                "sources: {klavi: {secrets: [{file: \(path)}]}}", file: folder.path(of: "callbox.yaml"))
            let log = RecordedLog()
            Server.logStart(
                configuration, try SourceTable(configuration, environment: [:]), version: "1", log.logger())
            let expected = configuration.exposedFiles.map { file in
                "warning other users have access to a file advice=\(file.advice) file=\(path) "
                    + "problem=has mode 0622: others can change it"
            }
            #expect(expected.count == (mode == 0o600 ? 0 : 1))
            #expect(log.lines.filter { $0.hasPrefix("warning ") } == expected)
        }
    }
}
