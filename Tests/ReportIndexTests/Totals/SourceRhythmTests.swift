import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Rhythm of a source")
struct SourceRhythmTests {
    /// A source whose deliveries arrived at these minutes, newest first.
    private static func rhythm(_ minutes: [Int64]) -> SourceRhythm {
        let times = minutes.map { QueryArchive.time($0 * 60_000) }
        return SourceRhythm(source: "klavi", times: times, lastReceivedAt: times.first ?? .fixture)
    }

    @Test("the usual gap is the median")
    func median() {
        #expect(Self.rhythm([640, 637, 633, 630, 31, 30, 27]).usualGapMilliseconds == 180_000)
        #expect(Self.rhythm([5, 4, 3, 2, 1, 0]).usualGapMilliseconds == 60_000)
        #expect(Self.rhythm([4, 3, 2, 1, 0]).usualGapMilliseconds == nil)
        #expect(Self.rhythm([]).usualGapMilliseconds == nil)
    }

    @Test(
        "a source is quiet if its last delivery arrived more than ten usual gaps and more than ten minutes ago",
        arguments: [
            (Int64(3), Int64(31), true), (3, 30, false), (1, 11, true), (1, 10, false), (60, 300, false),
            (60, 601, true),
        ])
    func quiet(usual: Int64, silence: Int64, isQuiet: Bool) {
        let rhythm = Self.rhythm((0...60).map { -$0 * usual })
        #expect(rhythm.isQuiet(at: QueryArchive.time(silence * 60_000)) == isQuiet)
        #expect(rhythm.silence(at: QueryArchive.time(silence * 60_000)) == silence * 60_000)
    }

    @Test("a source is not quiet after a single burst, or between its usual bursts")
    func bursts() {
        let burst = Self.rhythm((0...500).map { $0 == 0 ? 0 : -($0 % 3) })
        #expect(!burst.isQuiet(at: QueryArchive.time(10_000 * 60_000)))
        let daily = Self.rhythm((0..<6).flatMap { day in (0..<5).map { -day * 1440 - $0 } })
        #expect(!daily.isQuiet(at: QueryArchive.time(1400 * 60_000)))
        #expect(daily.isQuiet(at: QueryArchive.time(1500 * 60_000)))
    }

    @Test("a clock that was set back and extreme times do not make a source quiet")
    func wildTimes() {
        #expect(Self.rhythm([0, 9, 0, 9, 0, 9]).usualGapMilliseconds == 0)
        #expect(Self.rhythm([5, 4, 3, 2, 1, 0]).silence(at: QueryArchive.time(0)) == 0)
        let wild = SourceRhythm(
            source: "x", times: [Int64.max, .min, .max, .min, .max, .min].map(Timestamp.init(millisecondsSinceEpoch:)),
            lastReceivedAt: Timestamp(millisecondsSinceEpoch: .min))
        #expect(wild.silence(at: .fixture) == .max)
    }

    @Test("the rhythm of a source includes each delivery once, and its last arrival may be a repeat")
    func read() async throws {
        try await QueryArchive.withReader { reader in
            let rhythm = try #require(try reader.rhythm(of: "klavi", matching: ReportFilter()))
            #expect(rhythm.lastReceivedAt == QueryArchive.time(1000))
            #expect(rhythm.usualGapMilliseconds == nil)
            var filter = ReportFilter()
            filter.types = ["link_created"]
            filter.since = QueryArchive.time(9000)
            #expect(try reader.rhythm(of: "klavi", matching: filter)?.lastReceivedAt == QueryArchive.time(0))
            #expect(try reader.rhythm(of: "nobody", matching: ReportFilter()) == nil)
        }
    }
}
