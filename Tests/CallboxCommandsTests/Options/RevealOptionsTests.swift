import ArgumentParser
import CallboxConfiguration
import Journal
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Unmasked data with --reveal", .offPool)
struct RevealOptionsTests {
    private static func entries(_ access: ArchiveAccess) throws -> [AccessEntry] {
        var entries: [AccessEntry] = []
        try access.openReader().forEachAccess(limit: nil) { entries.append($0) }
        return entries
    }

    @Test("an access is recorded with the account and the reason")
    func recorded() async throws {
        try await TestArchive.with { archive in
            let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
            let options = try RevealOptions.parse(["--reveal", "--reason", "claim-7"])
            try await RevealOptions.record("show --reveal", of: "1", reason: options.reason, access)
            let record = try #require(try Self.entries(access).first?.record)
            #expect(record.user == AccountName.current())
            #expect(record.command == "show --reveal")
            #expect(record.subject == "1")
            #expect(record.reason == "claim-7")
        }
    }

    @Test("if the audit log cannot be written, --reveal fails and masked data is not shown")
    func rejected() async throws {
        try await TestArchive.with { archive in
            let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
            // Another writer holds the archive and does not respond.
            let writer = try JournalWriter(archive.directory)
            let failure = await #expect(throws: CommandFailure.self) {
                try await RevealOptions.record("show --reveal", of: "1", access)
            }
            writer.close()
            #expect(failure?.status == .tryAgain)
            #expect(
                failure?.message.hasPrefix("cannot write the audit log, so masked data is not shown") == true)
            #expect(try Self.entries(access).isEmpty)
            await #expect(throws: CommandFailure.self) {
                try await RevealOptions.record("show", of: String(repeating: "1", count: 5000), access)
            }
            #expect(try Self.entries(access).isEmpty)
        }
    }

    @Test("blank reasons and reasons that are too long are rejected")
    func reasons() {
        for reason in ["x", String(repeating: "x", count: 1000)] {
            #expect(throws: Never.self) { try RevealOptions.parse(["--reason", reason]) }
        }
        for reason in ["", "  ", "\n", String(repeating: "x", count: 1001)] {
            #expect(throws: (any Error).self) { try RevealOptions.parse(["--reason", reason]) }
        }
    }

    @Test("the account is recorded, and also the login user if that is a different account")
    func account() {
        #expect(AccountName.text(account: "ana", login: nil) == "ana")
        #expect(AccountName.text(account: "ana", login: "") == "ana")
        #expect(AccountName.text(account: "ana", login: "ana") == "ana")
        #expect(AccountName.text(account: "root", login: "ana") == "root, logged in as ana")
        #expect(!AccountName.current().isEmpty)
    }
}
