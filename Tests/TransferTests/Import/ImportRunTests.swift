import Deliveries
import Foundation
import ReportIndex
import TerminalOutput
import TestKit
import Testing

@testable import Transfer

@Suite("Importing")
struct ImportRunTests {
    private static func settings(skipsBad: Bool = false, sources: Set<String> = ["klavi"]) -> ImportSettings {
        ImportSettings(source: nil, sourceNames: sources, sourceAtPath: { _ in nil }, skipsBad: skipsBad, now: .fixture)
    }

    /// Imports a text and returns the run, its deliveries and its result.
    private static func run(
        _ text: String, _ settings: ImportSettings = settings()
    ) async throws -> (run: ImportRun, delivered: [ImportedDelivery], failure: TransferError?) {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "x")
            try Data(text.utf8).write(to: URL(filePath: path))
            let input = try ImportInput(path)
            var run = ImportRun(settings, known: KnownDeliveries()) { _ in }
            var delivered: [ImportedDelivery] = []
            do {
                try await run.importAll(input) { records in
                    delivered += records
                    return ImportedCount(imported: Int64(records.count))
                }
                return (run, delivered, nil)
            } catch {
                return (run, delivered, error as? TransferError)
            }
        }
    }

    private static func problem(_ failure: TransferError?) -> String? {
        if case .badDelivery(let problem)? = failure { problem } else { nil }
    }

    private static func line(_ id: Int64) throws -> String {
        try DeliveryRecord.body(Array("body \(id)".utf8), id: id).text()
    }

    @Test("each delivery is imported once and in order, from every format")
    func once() async throws {
        let lines = try (1...3).map(Self.line)
        for text in [
            lines.joined(separator: "\n"), "\n\r\n" + lines.joined(separator: "\n\n") + "\n",
            "[\(lines.joined(separator: ",\n"))]",
        ] {
            let (run, delivered, failure) = try await Self.run(text)
            #expect(failure == nil)
            #expect(delivered.map { String(decoding: $0.body, as: UTF8.self) } == ["body 1", "body 2", "body 3"])
            #expect(run.total.imported == 3 && run.knownCount == 0)
        }
        let (run, delivered, _) = try await Self.run(lines.joined(separator: "\n") + "\n" + lines[1])
        #expect(delivered.count == 3 && run.knownCount == 1)
    }

    @Test("an import stops at a bad line, names it and keeps the deliveries before it")
    func stops() async throws {
        let text = try "\(Self.line(1))\n\nnonsense\n\(Self.line(2))\n"
        let (_, delivered, failure) = try await Self.run(text)
        #expect(delivered.count == 1)
        #expect(Self.problem(failure)?.hasPrefix("line 3 of ") == true)
        let (run, rest, none) = try await Self.run(text, Self.settings(skipsBad: true))
        #expect(none == nil)
        #expect(rest.count == 2 && run.badCount == 1)
    }

    @Test("an unknown source and a time in the future are rejected")
    func rejects() async throws {
        let (_, delivered, failure) = try await Self.run(try Self.line(1), Self.settings(sources: ["other"]))
        #expect(delivered.isEmpty)
        #expect(Self.problem(failure)?.contains("not configured") == true)
        let future = Timestamp.fixture.advanced(byMilliseconds: 2 * 86_400_000).rfc3339
        let (_, none, late) = try await Self.run(try Self.line(1).replacing(Timestamp.fixture.rfc3339, with: future))
        #expect(none.isEmpty)
        #expect(Self.problem(late)?.contains("in the future") == true)
    }

    @Test("a truncated HAR is reported as such; other JSON is not a HAR")
    func cut() async throws {
        let (_, _, failure) = try await Self.run(#"{"log":{"entries":[{"request""#)
        #expect(Self.problem(failure)?.contains("cut off") == true)
        let (_, _, other) = try await Self.run(#"{"log":7}"#)
        guard case .unknownForm? = other else {
            Issue.record("\(String(describing: other))")
            return
        }
    }
}
