import ReportIndex
import ServerTestKit
import TestKit
import Testing
import Transfer

@testable import CallboxCommands

@Suite("callbox export", .offPool)
struct ExportCommandTests {
    @Test("an interrupted export reports whether --resume can continue it", arguments: [false, true])
    func interrupted(canResume: Bool) async throws {
        try await TestArchive.with { archive in
            try archive.index()
            let run = ExportRun(try ArchiveReader(archive.directory), masking: nil) { _ in }
            let output = RecordedOutput()
            #expect(throws: CallboxCommands.ExitStatus.interrupted) {
                try ExportCommand.conclude(
                    run, .stopped(canResume: canResume), of: 1, place: nil, output.console())
            }
            #expect(
                output.errorText == "interrupted after 0 of 1 delivery"
                    + (canResume ? "; --resume continues the export\n" : "\n"))
        }
    }
}
