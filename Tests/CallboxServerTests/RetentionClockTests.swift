import Deliveries
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer

@Suite("Checks of the clock before deletions")
struct RetentionClockTests {
    private static let start = ContinuousClock.now

    /// The readings of the wall clock and the monotonic clock, in seconds since the start.
    private struct Look {
        let wall: Int64
        let monotonic: Int64
    }

    /// The result of the check after each reading.
    private static func plausible(_ looks: [Look]) -> [Bool] {
        var clock = RetentionClock(now: .fixture, at: start)
        return looks.map { look in
            clock.isPlausible(
                at: Timestamp.fixture.advanced(byMilliseconds: look.wall * 1000), start + .seconds(look.monotonic))
        }
    }

    @Test("a wall clock that advances like the monotonic clock is plausible, even after a long pause")
    func steady() {
        let times: [Int64] = [0, 5, 3605, 86_400 * 400]
        #expect(Self.plausible(times.map { Look(wall: $0, monotonic: $0) }) == [true, true, true, true])
    }

    @Test("a correction of up to five minutes is not a jump", arguments: [-300, -1, 1, 300] as [Int64])
    func drift(correction: Int64) {
        #expect(Self.plausible([Look(wall: 3600 + correction, monotonic: 3600)]) == [true])
    }

    @Test(
        "a jump of the clock, forward or back, stops deletions for a day",
        arguments: [301, -301, 86_400 * 365, -86_400 * 365] as [Int64])
    func jump(distance: Int64) {
        let looks = [3600, 3605, 3600 + 86_399, 3600 + 86_400].map { Look(wall: $0 + distance, monotonic: $0) }
        #expect(Self.plausible(looks) == [false, false, false, true])
    }

    @Test(
        "deletions stop for a day if a server starts over a day after the newest entry, or over 5 minutes before it",
        arguments: [(0, true), (86_400, true), (-300, true), (86_401, false), (86_400 * 365, false), (-301, false)]
            as [(Int64, Bool)])
    func start(age: Int64, isPlausible: Bool) {
        let now = Timestamp.fixture
        var clock = RetentionClock(now: now, newest: now.advanced(byMilliseconds: -age * 1000), at: Self.start)
        let atStart = clock.isPlausible(at: now, Self.start)
        #expect(atStart == isPlausible)
        let later = now.advanced(byMilliseconds: 86_400_000)
        let nextDay = clock.isPlausible(at: later, Self.start + .seconds(86_400))
        #expect(nextDay)
    }

    @Test("the correction of a jump is another jump, so deletions stop for another day")
    func corrected() {
        let looks = [
            Look(wall: 10_000_000, monotonic: 3600), Look(wall: 7200, monotonic: 7200),
            Look(wall: 3600 + 86_400, monotonic: 3600 + 86_400), Look(wall: 7200 + 86_400, monotonic: 7200 + 86_400),
        ]
        #expect(Self.plausible(looks) == [false, false, false, true])
    }

    @Test("slow drift is not a jump, because only consecutive readings are compared")
    func slowDrift() {
        let looks = (1...100).map { Look(wall: Int64($0) * 3700, monotonic: Int64($0) * 3600) }
        #expect(Self.plausible(looks) == [Bool](repeating: true, count: 100))
    }

    @Test("a restarted server trusts the current clock")
    func restart() {
        let jumped = Timestamp.fixture.advanced(byMilliseconds: 86_400_000)
        var before = RetentionClock(now: .fixture, at: Self.start)
        let isPlausibleBefore = before.isPlausible(at: jumped, Self.start + .seconds(1))
        var after = RetentionClock(now: jumped, at: Self.start + .seconds(2))
        let isPlausibleAfter = after.isPlausible(at: jumped.advanced(byMilliseconds: 1000), Self.start + .seconds(3))
        #expect([isPlausibleBefore, isPlausibleAfter] == [false, true])
    }

    @Test("extreme times count as jumps and cause no crash", arguments: [Int64.min, .max])
    func extremes(milliseconds: Int64) {
        var clock = RetentionClock(now: .fixture, at: Self.start)
        let times = [Timestamp(millisecondsSinceEpoch: milliseconds), .fixture]
        let results = times.enumerated().map { offset, time in
            clock.isPlausible(at: time, Self.start + .seconds(offset + 1))
        }
        #expect(results == [false, false])
    }
}

@Suite("The reserve of free space")
struct FreeSpaceFloorTests {
    @Test(
        "256 MiB are kept free, or 5 % of a small disk",
        arguments: [
            (65_535, 10_000_000, 4096, true), (65_536, 10_000_000, 4096, false), (0, 10_000_000, 4096, true),
            (999, 20_000, 4096, true), (1000, 20_000, 4096, false), (0, 0, 0, false), (5, 100, 0, false),
            (.max, .max, .max, false),
        ] as [(UInt64, UInt64, UInt64, Bool)])
    func floor(free: UInt64, count: UInt64, size: UInt64, isShort: Bool) {
        #expect(FreeSpaceFloor.isShort(freeBlockCount: free, blockCount: count, blockByteCount: size) == isShort)
    }

    @Test("if the free space cannot be read, it counts as sufficient")
    func missing() {
        #expect(!FreeSpaceFloor(path: "/nonexistent/folder").isShort())
    }
}
