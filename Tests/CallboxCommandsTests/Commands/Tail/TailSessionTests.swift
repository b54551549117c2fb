import CallboxConfiguration
import Deliveries
import Foundation
import Journal
import Providers
import Quarantine
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands
@testable import Presentation
@testable import Tail

@Suite("A tail, tested one poll at a time", .offPool)
struct TailSessionTests {
    /// An archive that receives deliveries while it is followed.
    private struct Bench {
        let folder: TemporaryFolder
        let output = RecordedOutput()

        var directory: ArchiveDirectory { ArchiveDirectory(path: folder.path(of: "a")) }

        func session(_ adjust: (inout TailSession.Settings) -> Void = { _ in }) -> TailSession {
            var settings = TailSession.Settings()
            adjust(&settings)
            let console = output.console()
            return TailSession(
                settings, archive: FollowedArchive(directory), responses: DeliveryResponses(CallboxConfiguration()),
                output: TailListing(.table, .standard, on: console),
                environment: ["XDG_STATE_HOME": folder.path(of: "state")]
            ) { console.note($0.text) }
        }

        /// Adds deliveries with these types and indexes them.
        func add(_ types: String..., peer: String = "::1", to directory: ArchiveDirectory? = nil) throws {
            let writer = try JournalWriter(directory ?? self.directory)
            defer { writer.close() }
            for type in types {
                let request = InboundRequest.fixture(target: "/\(type)", peer: peer)
                let delivery = EncodedDelivery(
                    .fixture(request: request, secretName: nil), seed: .random(in: 0 ... .max))
                try writer.append([.delivery(delivery)], at: .fixture)
            }
            let parser = ReportParser(
                parse: { delivery in
                    let type = String(delivery.request.target.text.dropFirst())
                    return [ReportContent(provider: "klavi", type: type, dedupeKey: "\(delivery.id)")]
                }, route: { _, _ in nil })
            try Indexer(writer.directory, parser: parser).catchUp()
        }

        /// The types of the reports written since the last call.
        func types() -> [String] {
            output.text.split(separator: "\n").filter { $0.contains(" --> ") }.compactMap { line in
                line.split(separator: " ").dropFirst(3).first.map(String.init)
            }
        }
    }

    private static func with(_ body: (Bench) throws -> Void) throws {
        try TemporaryFolder.with { try body(Bench(folder: $0)) }
    }

    private static let now = Timestamp.fixture.advanced(byMilliseconds: 60_000)

    @Test("a tail starts with the last few events and then writes each new event once")
    func follows() throws {
        try Self.with { bench in
            try bench.add("a", "b", "c")
            var session = bench.session { $0.start = .last(2) }
            try session.poll(at: Self.now, .now)
            #expect(bench.types() == ["b", "c"])
            try session.poll(at: Self.now, .now)
            try bench.add("d")
            try session.poll(at: Self.now, .now)
            try session.poll(at: Self.now, .now)
            #expect(bench.types() == ["b", "c", "d"])
            #expect(session.count == 3)
            #expect(session.lastDeliveryID == DeliveryID(rawValue: 4))
            #expect(bench.output.errorText == "")
        }
    }

    @Test("a rejected delivery is written although the index has not changed")
    func rejected() throws {
        try Self.with { bench in
            try bench.add("a")
            var session = bench.session()
            try session.poll(at: Self.now, .now)
            #expect(session.count == 1)
            let quarantine = try QuarantineWriter(bench.directory)
            let request = InboundRequest.fixture(target: "/b")
            let uuid = try #require(UUIDv7(bytes: [UInt8](repeating: 7, count: 16)))
            #expect(
                quarantine.add(
                    QuarantinedDelivery(
                        uuid: uuid, source: "klavi", request: request,
                        verification: .failed, reason: "r",
                        bodySHA256: [UInt8](repeating: 0, count: 32))))
            quarantine.close()
            try session.poll(at: Self.now, .now)
            #expect(session.count == 2)
            try session.poll(at: Self.now, .now)
            #expect(session.count == 2)
        }
    }

    /// Skipped for the superuser, who can write to any folder.
    @Test(
        "a tail that cannot write to the folder shows the events that a writer adds later",
        .enabled(if: geteuid() != 0))
    func readOnlyFolder() throws {
        try Self.with { bench in
            try bench.add("a")
            var session = bench.session()
            for type in ["b", "c"] {
                chmod(bench.directory.path, 0o500)
                try session.poll(at: Self.now, .now)
                chmod(bench.directory.path, 0o700)
                try bench.add(type)
            }
            chmod(bench.directory.path, 0o500)
            defer { chmod(bench.directory.path, 0o700) }
            try session.poll(at: Self.now, .now)
            try session.poll(at: Self.now, .now)
            #expect(bench.types() == ["a", "b", "c"])
            #expect(bench.output.errorText == "")
        }
    }

    @Test("a tail waits for an archive that does not exist yet, and then writes all events of the archive")
    func waits() throws {
        try Self.with { bench in
            var session = bench.session { $0.start = .last(10) }
            try session.poll(at: Self.now, .now)
            try session.poll(at: Self.now, .now)
            #expect(bench.output.errorText == "waiting for an archive at \(bench.directory.path)\n")
            try bench.add("a")
            try session.poll(at: Self.now, .now)
            #expect(session.failure == nil)
            #expect(bench.types() == ["a"])
            #expect(bench.output.errorText.hasSuffix("found the archive\n"))
        }
    }

    @Test("a file that is not an archive is rejected after a grace time")
    func noArchive() throws {
        try Self.with { bench in
            try bench.directory.create()
            let journal = bench.directory.journal.path
            try Data(String(repeating: "x", count: 5000).utf8).write(to: URL(filePath: journal))
            var session = bench.session()
            let start = ContinuousClock.now
            try session.poll(at: Self.now, start)
            try session.poll(at: Self.now, start + .seconds(4))
            #expect(session.failure == ArchiveError.notAnArchive(path: journal))
            #expect(throws: ArchiveError.notAnArchive(path: journal)) {
                try session.poll(at: Self.now, start + TailSession.patience)
            }
            #expect(bench.output.errorText == "")
        }
    }

    @Test("a tail ends at its limit, and the next tail continues there")
    func limit() throws {
        try Self.with { bench in
            try bench.add("a", "b", "c", "d")
            var session = bench.session { ($0.start, $0.limit) = (.since(.fixture), 3) }
            try session.poll(at: Self.now, .now)
            #expect(session.isComplete)
            session.finish()
            var next = bench.session { $0.start = .resumed }
            try next.poll(at: Self.now, .now)
            #expect(bench.types() == ["a", "b", "c", "d"])
            #expect(bench.output.errorText == "")
        }
    }

    @Test("a tail with a filter shows only the matching events")
    func filter() throws {
        try Self.with { bench in
            try bench.add("a", "b")
            var session = bench.session { $0.filter.types = ["b"] }
            try session.poll(at: Self.now, .now)
            try bench.add("a", "b", "c")
            try session.poll(at: Self.now, .now)
            #expect(bench.types() == ["b", "b"])
            #expect(session.lastDeliveryID == DeliveryID(rawValue: 5))
        }
    }

    @Test("without an earlier tail, --since-last starts now and prints a note")
    func firstResume() throws {
        try Self.with { bench in
            try bench.add("a")
            var session = bench.session { $0.start = .resumed }
            try session.poll(at: Self.now, .now)
            #expect(bench.output.errorText == "no earlier tail of this archive; showing only new events\n")
            #expect(bench.types() == ["a"])
        }
    }

    @Test("a tail with an unreadable state file starts now and prints a note")
    func tornState() throws {
        try Self.with { bench in
            try bench.add("a")
            let file = try #require(
                TailStateFile(for: bench.directory, environment: ["XDG_STATE_HOME": bench.folder.path(of: "state")]))
            #expect(file.write(TailState(position: .start, mark: nil)))
            try Data("{".utf8).write(to: URL(filePath: file.path))
            var session = bench.session { $0.start = .resumed }
            try session.poll(at: Self.now, .now)
            #expect(bench.output.errorText == "cannot read the position of the last tail; showing only new events\n")
        }
    }

    @Test("a running tail and the next tail notice that the archive was replaced")
    func restored() throws {
        // All polls use the same time, because a later poll would store the position in the second archive.
        let instant = ContinuousClock.now
        try Self.with { bench in
            try bench.add("a", "b", "c")
            var session = bench.session { $0.start = .last(1) }
            try session.poll(at: Self.now, instant)
            session.finish()
            let other = ArchiveDirectory(path: bench.folder.path(of: "b"))
            try bench.add("x", peer: "192.0.2.7", to: other)
            #expect(rename(bench.directory.path, bench.folder.path(of: "old")) == 0)
            #expect(rename(other.path, bench.directory.path) == 0)
            try session.poll(at: Self.now, instant)
            #expect(
                bench.output.errorText
                    == "the archive was replaced; following the new archive\n")
            try bench.add("y")
            try session.poll(at: Self.now, instant)
            #expect(bench.types() == ["c", "y"])
            var next = bench.session { $0.start = .resumed }
            try next.poll(at: Self.now, instant)
            #expect(bench.output.errorText.contains("the last tail followed another archive"))
            #expect(bench.types() == ["c", "y"])
        }
    }
}
