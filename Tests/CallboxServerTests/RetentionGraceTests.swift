import CallboxConfiguration
import Deliveries
import Journal
import ServerTestKit
import Synchronization
import TestKit
import Testing

@testable import CallboxServer
@testable import ReportIndex

@Suite("The grace time of retention settings", .offPool)
struct RetentionGraceTests {
    private static let day: Int64 = 86_400_000

    /// The clock and the settings of a simulated server.
    private final class Settings: Sendable {
        private let state = Mutex((retention: Retention(), now: Timestamp.fixture))

        var retention: Retention { state.withLock { $0.retention } }
        var now: Timestamp { state.withLock { $0.now } }

        func set(_ retention: Retention) {
            state.withLock { $0.retention = retention }
        }

        /// Sets the clock to this time after the arrival of the delivery.
        func move(to milliseconds: Int64) {
            state.withLock { $0.now = Timestamp.fixture.advanced(byMilliseconds: milliseconds) }
        }
    }

    private struct Bench {
        let open: OpenArchive
        let server: Settings

        /// Records the settings, as a server does each hour. Returns the days after which a body of `klavi` would be
        /// pruned.
        func keptDays(isConfirmed: Bool = false) throws -> Int64? {
            try open.archiveRetention(isConfirmed: isConfirmed)
            try open.indexEverything()
            guard let effective = try open.effectiveRetention() else { return nil }
            let subject = Retention.Subject(source: "klavi", verification: "verified", reports: [])
            return EffectiveRetention(effective.retentions).terms(for: subject).keep.duration.map {
                $0.components.seconds / 86_400
            }
        }

        func set(days: Int64?, at moment: Int64) {
            server.set(days.map { .keeping(.seconds($0 * 86_400)) } ?? Retention())
            server.move(to: moment)
        }

        func records() throws -> [RecordedRetention] {
            try open.reader().recordedRetention()
        }
    }

    private static func with(_ body: (Bench) throws -> Void) async throws {
        try await TestArchive.with { archive in
            let server = Settings()
            try await archive.opened(retention: { server.retention }, now: { server.now }) { open in
                try body(Bench(open: open, server: server))
            }
        }
    }

    @Test("the first retention settings wait for a day, then apply")
    func first() async throws {
        try await Self.with { bench throws in
            bench.set(days: 30, at: 0)
            #expect(try bench.keptDays() == nil)
            #expect(try bench.open.effectiveRetention()?.actsAt == Timestamp.fixture.advanced(byMilliseconds: Self.day))
            bench.set(days: 30, at: Self.day - 1)
            #expect(try bench.keptDays() == nil)
            bench.set(days: 30, at: Self.day)
            #expect(try bench.keptDays() == 30)
            #expect(try bench.open.effectiveRetention()?.actsAt == nil)
        }
    }

    @Test("unchanged settings are recorded only once")
    func unchanged() async throws {
        try await Self.with { bench throws in
            for hour in 0..<5 {
                bench.set(days: 30, at: Int64(hour) * 3_600_000)
                _ = try bench.keptDays()
            }
            #expect(try bench.records().map(\.isConfirmed) == [false])
            for _ in 0..<3 { _ = try bench.keptDays(isConfirmed: true) }
            #expect(try bench.records().map(\.isConfirmed) == [true, false])
            _ = try bench.keptDays()
            #expect(try bench.records().count == 2)
        }
    }

    @Test("an archive has no record of retention settings before its first settings")
    func nothing() async throws {
        try await Self.with { bench throws in
            #expect(try bench.keptDays() == nil)
            #expect(try bench.records().isEmpty)
            #expect(try bench.open.effectiveRetention() == nil)
        }
    }

    @Test("confirmed settings apply at once")
    func confirmed() async throws {
        try await Self.with { bench throws in
            bench.set(days: 30, at: 0)
            #expect(try bench.keptDays(isConfirmed: true) == 30)
            bench.set(days: 10, at: 1)
            #expect(try bench.keptDays() == 30)
            #expect(try bench.keptDays(isConfirmed: true) == 10)
        }
    }

    @Test("settings that keep data longer apply at once, and settings that keep data shorter wait")
    func longer() async throws {
        try await Self.with { bench throws in
            bench.set(days: 30, at: 0)
            _ = try bench.keptDays(isConfirmed: true)
            bench.set(days: 60, at: 1)
            #expect(try bench.keptDays() == 60)
            bench.set(days: 10, at: 2)
            #expect(try bench.keptDays() == 60)
            bench.set(days: 10, at: 1 + Self.day)
            // At this time the 60 days apply, and the 10 days still wait.
            #expect(try bench.keptDays() == 60)
            bench.set(days: 10, at: 2 + Self.day)
            #expect(try bench.keptDays() == 10)
        }
    }

    @Test("settings without a limit apply at once, and are recorded if other settings preceded them")
    func forever() async throws {
        try await Self.with { bench throws in
            bench.set(days: 30, at: 0)
            _ = try bench.keptDays(isConfirmed: true)
            bench.set(days: nil, at: 1)
            #expect(try bench.keptDays() == nil)
            #expect(try bench.records().count == 2)
            // The old settings wait again, because a person may have relied on unlimited retention in the meantime.
            bench.set(days: 30, at: 2)
            #expect(try bench.keptDays() == nil)
            bench.set(days: 30, at: 2 + Self.day)
            #expect(try bench.keptDays() == 30)
        }
    }

    @Test("two changes in a row do not shorten the grace time")
    func twoChanges() async throws {
        try await Self.with { bench throws in
            bench.set(days: 365, at: 0)
            _ = try bench.keptDays(isConfirmed: true)
            bench.set(days: 20, at: 1000)
            _ = try bench.keptDays()
            bench.set(days: 10, at: 2000)
            #expect(try bench.keptDays() == 365)
            bench.set(days: 10, at: 1000 + Self.day)
            #expect(try bench.keptDays() == 20)
            bench.set(days: 10, at: 2000 + Self.day)
            #expect(try bench.keptDays() == 10)
        }
    }

    @Test("settings that are not recorded yet do not apply")
    func unrecorded() async throws {
        try await Self.with { bench throws in
            bench.set(days: 30, at: 0)
            _ = try bench.keptDays(isConfirmed: true)
            bench.set(days: 10, at: 1)
            #expect(try bench.open.effectiveRetention() == nil)
        }
    }
}
