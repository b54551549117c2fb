import Deliveries
import Foundation
import ReportArchive
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Following an archive, one look after the other")
struct TailSessionTests {
    /// An archive that is written to while it is followed.
    private struct Bench {
        let folder: TemporaryFolder
        let output = RecordedOutput()

        var location: ArchiveLocation { ArchiveLocation(path: folder.path(of: "a.sqlite")) }

        func session(_ adjust: (inout TailSession.Settings) -> Void = { _ in }) -> TailSession {
            var settings = TailSession.Settings()
            adjust(&settings)
            let console = output.console()
            return TailSession(
                settings, archive: FollowedArchive(location), answers: DeliveryAnswers(SourceSettings.defaults),
                output: TailOutput(.table, clock: .utc, on: console),
                journal: TailJournal(environment: ["XDG_STATE_HOME": folder.path(of: "state")], console: console),
                console: console)
        }

        /// Adds deliveries with these kinds and has them indexed.
        func add(_ kinds: String..., peer: String = "::1", to location: ArchiveLocation? = nil) throws {
            let writer = try ArchiveWriter(location ?? self.location)
            defer { writer.close() }
            var generator = SplitMix64(seed: 3)
            for kind in kinds {
                let request = InboundRequest.fixture(target: "/\(kind)", peer: peer)
                writer.commit(
                    SealedDelivery(
                        uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi", receivedAt: .fixture,
                        verification: .verified, secretName: nil,
                        head: SealedHead(storedBytes: DeliveryHead(of: request).text, sha256: .digestFixture),
                        body: SealedBody(
                            encoding: .raw, storedBytes: [], byteCount: 0, sha256: SHA256Text.empty),
                        headSalt: .saltFixture, bodySalt: .saltFixture)
                ) { _ in }
            }
            // Commits go before jobs: once this one is done they are in the journal.
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            try Projector(writer) { delivery in
                let kind = String(delivery.request.target.text.dropFirst())
                return [
                    RoutedReport(
                        content: ReportContent(provider: "klavi", kind: kind, dedupeKey: "\(delivery.id)"), route: nil)
                ]
            }.catchUp()
        }

        /// The kinds of the reports written since the last call.
        func kinds() -> [String] {
            output.text.split(separator: "\n").filter { $0.contains(" --> ") }.compactMap { line in
                line.split(separator: " ").dropFirst(3).first.map(String.init)
            }
        }
    }

    private static func with(_ body: (Bench) throws -> Void) throws {
        try TemporaryFolder.with { try body(Bench(folder: $0)) }
    }

    private static let now = Timestamp.fixture.advanced(byMilliseconds: 60_000)

    @Test("it begins with the last few, and then what comes is written once")
    func follows() throws {
        try Self.with { bench in
            try bench.add("a", "b", "c")
            var session = bench.session { $0.start = .last(2) }
            try session.look(at: Self.now, .now)
            #expect(bench.kinds() == ["b", "c"])
            try session.look(at: Self.now, .now)
            try bench.add("d")
            try session.look(at: Self.now, .now)
            try session.look(at: Self.now, .now)
            #expect(bench.kinds() == ["b", "c", "d"])
            #expect(session.count == 3)
            #expect(session.lastDeliveryID == DeliveryID(rawValue: 4))
            #expect(bench.output.errorText == "")
        }
    }

    @Test("a file that is not there yet is waited for, and nothing of it is missed")
    func waits() throws {
        try Self.with { bench in
            var session = bench.session { $0.start = .last(10) }
            try session.look(at: Self.now, .now)
            try session.look(at: Self.now, .now)
            #expect(bench.output.errorText == "callbox: waiting for an archive at \(bench.location.path)\n")
            try bench.add("a")
            try session.look(at: Self.now, .now)
            #expect(session.failure == nil)
            #expect(bench.kinds() == ["a"])
            #expect(bench.output.errorText.hasSuffix("callbox: the archive is there\n"))
        }
    }

    @Test("a file that is no archive is given a moment, and then refused")
    func noArchive() throws {
        try Self.with { bench in
            try Data(String(repeating: "x", count: 5000).utf8).write(to: URL(filePath: bench.location.path))
            var session = bench.session()
            let start = ContinuousClock.now
            try session.look(at: Self.now, start)
            try session.look(at: Self.now, start + .seconds(4))
            #expect(session.failure == CommandFailure(.notAnArchive(path: bench.location.path)))
            #expect(throws: CommandFailure(.notAnArchive(path: bench.location.path))) {
                try session.look(at: Self.now, start + TailSession.patience)
            }
            #expect(bench.output.errorText == "")
        }
    }

    @Test("it ends after as many as were wanted, and the next one goes on behind them")
    func limit() throws {
        try Self.with { bench in
            try bench.add("a", "b", "c", "d")
            var session = bench.session { ($0.start, $0.limit) = (.since(.fixture), 3) }
            try session.look(at: Self.now, .now)
            #expect(session.isComplete)
            session.finish()
            var next = bench.session { $0.start = .resumed }
            try next.look(at: Self.now, .now)
            #expect(bench.kinds() == ["a", "b", "c", "d"])
            #expect(bench.output.errorText == "")
        }
    }

    @Test("a filter leaves out what it does not want")
    func filter() throws {
        try Self.with { bench in
            try bench.add("a", "b")
            var session = bench.session { $0.filter.kinds = ["b"] }
            try session.look(at: Self.now, .now)
            try bench.add("a", "b", "c")
            try session.look(at: Self.now, .now)
            #expect(bench.kinds() == ["b", "b"])
            #expect(session.lastDeliveryID == DeliveryID(rawValue: 5))
        }
    }

    @Test("the first time there is nothing to go on from, and that is said")
    func firstResume() throws {
        try Self.with { bench in
            try bench.add("a")
            var session = bench.session { $0.start = .resumed }
            try session.look(at: Self.now, .now)
            #expect(bench.output.errorText == "callbox: no tail has followed this archive yet; starting now\n")
            #expect(bench.kinds() == ["a"])
        }
    }

    @Test("what the last tail left is left alone where it does not read back")
    func tornState() throws {
        try Self.with { bench in
            try bench.add("a")
            let file = try #require(
                TailStateFile(for: bench.location, environment: ["XDG_STATE_HOME": bench.folder.path(of: "state")]))
            #expect(file.write(TailState(position: .start, mark: nil)))
            try Data("{".utf8).write(to: URL(filePath: file.path))
            var session = bench.session { $0.start = .resumed }
            try session.look(at: Self.now, .now)
            #expect(
                bench.output.errorText == "callbox: what the last tail left does not read back; starting now\n")
        }
    }

    @Test("an archive that was restored to an earlier state is noticed, while it is followed and afterwards")
    func restored() throws {
        try Self.with { bench in
            try bench.add("a", "b", "c")
            var session = bench.session { $0.start = .last(1) }
            try session.look(at: Self.now, .now)
            session.finish()
            let other = ArchiveLocation(path: bench.folder.path(of: "b.sqlite"))
            try bench.add("x", peer: "192.0.2.7", to: other)
            for suffix in ["-wal", "-shm"] { unlink(bench.location.path + suffix) }
            #expect(rename(other.path, bench.location.path) == 0)
            try session.look(at: Self.now, .now)
            #expect(
                bench.output.errorText
                    == "callbox: another archive is in its place; following what comes to that one\n")
            try bench.add("y")
            try session.look(at: Self.now, .now)
            #expect(bench.kinds() == ["c", "y"])
            var next = bench.session { $0.start = .resumed }
            try next.look(at: Self.now, .now)
            #expect(bench.output.errorText.contains("this is not the archive that the last tail followed"))
            #expect(bench.kinds() == ["c", "y"])
        }
    }
}

/// The SHA-256 of no bytes.
enum SHA256Text {
    static let empty = Hex.decode("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".utf8) ?? []
}
