import BodyCompression
import Deliveries
import Dispatch
import Logging
import Providers
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportArchive

@Suite("What a server does for its archive by itself")
struct BackgroundUpkeepTests {
    /// The moment from which ages are counted: long after the one delivery came.
    private static let now = Timestamp.fixture.advanced(byMilliseconds: 1_000_000_000)

    /// Runs upkeep on an archive of one delivery until its log says something, and stops it.
    private static func run(
        _ retention: Retention, until text: String, _ prepare: (ArchiveWriter) throws -> Void = { _ in },
        then check: (ArchiveReader) throws -> Void
    ) async throws {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            try Projector(writer, interpret: ReportInterpreter.function(for: archive.configuration().sources)).catchUp()
            try prepare(writer)
            let isSaid = DispatchSemaphore(value: 0)
            let log = BackgroundLog { if $0.contains(text) { isSaid.signal() } }
            let logger = Logger(label: "test") { _ in LineLogHandler(level: .trace, log: log, now: { now }) }
            let work = UpkeepWork(writer: writer, retention: { retention }, now: { now })
            let upkeep = BackgroundUpkeep(work, trainsDictionaries: true, logger: logger)
            upkeep.start()
            #expect(isSaid.wait(timeout: .now() + 20) == .success)
            upkeep.stop()
            try check(try ArchiveReader(archive.location))
        }
    }

    private static func keep(_ duration: Duration) -> Retention {
        var terms = Retention.SourceTerms()
        terms.terms.keep = duration
        return Retention(sources: ["klavi": terms])
    }

    @Test("it prunes as soon as it runs, says how much, and stops when it is told to")
    func prunes() async throws {
        try await Self.run(Self.keep(.seconds(1)), until: "pruned bodies=1 bytes=") { reader throws in
            #expect(throws: ArchiveReadFailure.self) { try reader.delivery(TestArchive.deliveryID) }
        }
    }

    @Test("what fails is told, and the rest goes on")
    func fails() async throws {
        let prepare = { (writer: ArchiveWriter) throws in writer.close() }
        try await Self.run(Self.keep(.seconds(1)), until: "upkeep failed", prepare) { reader throws in
            #expect(try reader.delivery(TestArchive.deliveryID) != nil)
        }
    }

    @Test("it stops at once where there is nothing to do")
    func stops() async throws {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let work = UpkeepWork(writer: writer, retention: { Retention() }, now: { Self.now })
            for _ in 0..<5 {
                let upkeep = BackgroundUpkeep(work, trainsDictionaries: false, logger: logger)
                upkeep.start()
                upkeep.stop()
            }
        }
    }
}
