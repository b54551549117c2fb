import CallboxConfiguration
import Diagnosis
import Foundation
import Presentation
import ReportIndex
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands

@Suite("callbox doctor", .offPool)
struct DoctorTests {
    private static var doctor: Doctor {
        Doctor(environment: [:], now: .fixture) { error in
            let failure = CommandFailure(translating: error)
            return (failure.message, failure.advice)
        }
    }

    private static func topics(_ findings: [Finding], _ state: Finding.State) -> Set<String> {
        Set(findings.filter { $0.state == state }.map(\.topic))
    }

    @Test("without a configuration and an archive, doctor reports the defaults and creates no file")
    func nothing() throws {
        try TemporaryFolder.with { folder in
            var configuration = CallboxConfiguration()
            configuration.archivePath = folder.path(of: "deep/er/archive")
            let findings = Self.doctor.findings(.success(configuration), fallback: configuration)
            #expect(!Self.topics(findings, .problem).contains("archive"))
            #expect(findings.contains { $0.text.contains("'callbox serve' creates it") })
            #expect(findings.contains { $0.text == "no file, defaults: 4 sources" })
            #expect(!FileManager.default.fileExists(atPath: folder.path(of: "deep")))
        }
    }

    @Test("an unreadable configuration is reported as a problem, and the other checks still run")
    func broken() async throws {
        try await TestArchive.with { archive in
            let failure = CommandFailure(.configuration, "line 3 is wrong", advice: "Mend it.")
            let findings = Self.doctor.findings(.failure(failure), fallback: try archive.configuration())
            #expect(findings.first == .problem("configuration", "line 3 is wrong", advice: "Mend it."))
            #expect(findings.contains { $0.topic == "quarantine" })
        }
    }

    @Test("if no server runs, doctor reads the archive and does not change it")
    func unserved() async throws {
        try await TestArchive.with { archive in
            let configuration = try archive.configuration()
            let findings = Self.doctor.findings(.success(configuration), fallback: configuration)
            #expect(Self.topics(findings, .warning).contains("server"))
            #expect(findings.contains { $0.topic == "index" && $0.text == "1 entry not indexed yet" })
            #expect(try ArchiveReader(archive.directory).unindexedCount() == 1)
        }
    }

    @Test(
        "a file that is not a journal, or a file in place of the archive directory, is reported as a problem",
        arguments: [true, false])
    func foreign(isDirectory: Bool) throws {
        try TemporaryFolder.with { folder in
            var configuration = CallboxConfiguration()
            configuration.archivePath = isDirectory ? folder.path : folder.path(of: "notes.txt")
            let file = isDirectory ? folder.path(of: "journal.sqlite") : configuration.archivePath
            try Data("notes".utf8).write(to: URL(filePath: file))
            let findings = Self.doctor.findings(.success(configuration), fallback: configuration)
            #expect(Self.topics(findings, .problem).contains("archive"))
        }
    }

    @Test("long findings are wrapped at the width of the terminal")
    func wrapping() {
        let output = RecordedOutput()
        let finding = Finding.warning(
            "files", "a sentence of many words that needs more than one line",
            advice: "Another sentence of many words, such as /a/path/that/is/longer/than/one/line/can/be.")
        let lines = FindingView.lines([finding], output.console(width: 40))
        #expect(lines.count > 5)
        #expect(lines.allSatisfy { $0.count <= 40 || $0.contains("/a/path") })
        #expect(lines.dropFirst().prefix(3).allSatisfy { $0.hasPrefix(String(repeating: " ", count: 16)) })
    }

    @Test("findings are written as lines with advice, and as JSON")
    func view() {
        let output = RecordedOutput()
        let findings: [Finding] = [
            .fine("archive", "is there"), .warning("clock", "is slow", advice: "Set it."),
            .problem("files", "are \u{1b}[31m gone", advice: nil),
        ]
        #expect(
            FindingView.lines(findings, output.console()) == [
                "✓ archive       is there", "! clock         is slow", "                → Set it.",
                "✗ files         are \\u{1b}[31m gone", "", "1 problem, 1 warning.",
            ])
        #expect(
            FindingView.json([findings[1]]).compact
                == #"{"ok":true,"findings":[{"topic":"clock","state":"warning","text":"is slow","advice":"Set it."}]}"#)
        #expect(FindingView.json(findings).compact.hasPrefix(#"{"ok":false"#))
        #expect(FindingView.lines([findings[0]], output.console()).last == "No problems found.")
    }
}
