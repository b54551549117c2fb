import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct PressureTests {
    private static let start = ContinuousClock.now

    /// The state after `batches` batches, and the end of the last interval.
    private static func after(
        _ batches: Int, of count: Int, every interval: Duration
    ) -> (pressure: Pressure, end: ContinuousClock.Instant) {
        var pressure = Pressure()
        var now = start
        for _ in 0..<batches {
            pressure.note(count, at: now)
            now += interval
        }
        return (pressure, now)
    }

    @Test(
        "the load of a delivery is the number of pages that it fills",
        arguments: [(-1, 1), (0, 1), (1, 1), (1700, 1), (4096, 1), (4097, 2), (20_000, 5), (1 << 20, 256)])
    func load(byteCount: Int, load: Int) {
        #expect(Pressure.load(ofByteCount: byteCount) == load)
    }

    @Test(
        "commits of eight small deliveries or two large ones are a burst",
        arguments: [(1, 1700, false), (4, 1700, false), (8, 1700, true), (1, 20_000, false), (2, 20_000, true)])
    func burst(count: Int, byteCount: Int, isBurst: Bool) {
        let load = count * Pressure.load(ofByteCount: byteCount)
        let (pressure, end) = Self.after(100, of: load, every: .milliseconds(2))
        #expect(pressure.isHigh(at: end) == isBurst)
        #expect(!pressure.isHigh(at: end + .milliseconds(60)))
    }

    @Test(
        "500 small deliveries or 100 large ones per second make the writer busy, in batches of any size",
        arguments: [
            (1, 1000.0, true), (1, 550, true), (1, 450, false), (1, 10, false), (20, 1000, true), (20, 400, false),
            (5, 550, true), (5, 450, false),
        ])
    func busy(count: Int, rate: Double, isBusy: Bool) {
        let batches = Int(2 * rate / Double(count))
        let (pressure, end) = Self.after(batches, of: count, every: .seconds(Double(count) / rate))
        #expect(pressure.isBusy(at: end) == isBusy)
    }

    @Test("the writer stops being busy soon after the last delivery")
    func calm() {
        let (pressure, end) = Self.after(2000, of: 1, every: .milliseconds(1))
        #expect(pressure.isBusy(at: end + .milliseconds(100)))
        #expect(!pressure.isBusy(at: end + .milliseconds(400)))
    }

    @Test("a clock that stops or runs backwards has no effect")
    func clock() {
        var pressure = Pressure()
        #expect(!pressure.isBusy(at: Self.start))
        for _ in 0..<500 { pressure.note(1, at: Self.start) }
        pressure.note(1, at: Self.start - .seconds(1))
        #expect(pressure.isBusy(at: Self.start - .seconds(2)))
    }
}
