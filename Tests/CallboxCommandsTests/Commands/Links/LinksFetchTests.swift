import Foundation
import TestKit
import Testing

@testable import CallboxCommands

@Suite("The output file of 'links fetch'", .offPool)
struct LinksFetchTests {
    @Test("only the owner can read a new file")
    func mode() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "report.pdf")
            try LinksCommand.Fetch.write(Array("%PDF".utf8), to: path)
            #expect(FileManager.default.contents(atPath: path) == Data("%PDF".utf8))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("an existing file is not replaced, and a symbolic link is not followed", arguments: [true, false])
    func existing(isLink: Bool) throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "report.pdf")
            let target = folder.path(of: "target")
            if isLink {
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            } else {
                try Data("mine".utf8).write(to: URL(filePath: path))
            }
            let failure = #expect(throws: CommandFailure.self) { try LinksCommand.Fetch.write([1], to: path) }
            #expect(failure?.status == .cannotCreate)
            #expect(!FileManager.default.fileExists(atPath: target))
        }
    }
}
