import Deliveries
import ReportIndex
import ServerTestKit
import TestKit
import Testing

@testable import Analysis
@testable import Presentation

extension ArrivalKey {
    /// A key with defaults for all properties, so tests pass only relevant arguments.
    static func fixture(
        source: String = "klavi", type: String = "Income", route: Route? = Route(rule: .specific, topic: "checking"),
        verification: Verification = .verified, at time: Timestamp = .fixture
    ) -> ArrivalKey {
        ArrivalKey(
            source: source, provider: "klavi", type: type, route: route, verification: verification,
            slot: TimeSlots.hours.slot(of: time))
    }
}

extension ArrivalTotals {
    /// Totals of first arrivals and repeats. Each body has 100 bytes and is stored in 25 bytes.
    static func fixture(_ reports: Int64, repeats: Int64 = 0, at time: Timestamp = .fixture) -> ArrivalTotals {
        var totals = ArrivalTotals(
            isFirst: true, bodyByteCount: 100 * (reports + repeats), storedByteCount: 25 * (reports + repeats), at: time
        )
        (totals.reportCount, totals.arrivalCount) = (reports, reports + repeats)
        return totals
    }
}

@Suite("Totals by group")
struct GroupedTotalsTests {
    private static func names(_ groups: GroupedTotals, limit: Int? = nil) -> [String] {
        groups.ordered(limit: limit).map { group in
            group.values.isEmpty
                ? "+\(group.otherCount)" : group.values.map { $0 ?? "-" }.joined(separator: "/")
        }
    }

    @Test("groups are sorted by count, and groups with equal counts are sorted by name")
    func order() {
        var groups = GroupedTotals([.type])
        for (type, count) in [("b", Int64(2)), ("a", 2), ("c", 3), ("b", 4)] {
            groups.add(.fixture(type: type), .fixture(count), .hours)
        }
        #expect(Self.names(groups) == ["b", "c", "a"])
        #expect(groups.ordered()[0].totals.reportCount == 6)
        #expect(groups.total.reportCount == 11)
        #expect(Self.names(groups, limit: 1) == ["b", "+2"])
        #expect(groups.ordered(limit: 1)[1].totals.reportCount == 5)
        #expect(Self.names(groups, limit: 3) == ["b", "c", "a"])
    }

    @Test("days and hours are sorted by time")
    func time() {
        var groups = GroupedTotals([.day, .source])
        for (days, source, count) in [(1, "a", Int64(9)), (0, "a", 1), (0, "b", 2)] {
            let time = Timestamp.fixture.advanced(byMilliseconds: Int64(days) * 86_400_000)
            groups.add(.fixture(source: source, at: time), .fixture(count), .hours)
        }
        #expect(Self.names(groups) == ["2026-11-02/b", "2026-11-02/a", "2026-11-03/a"])
    }

    @Test("groups beyond the limit are combined")
    func bound() {
        var groups = GroupedTotals([.type], groupLimit: 2)
        for type in ["a", "b", "c", "d", "a"] { groups.add(.fixture(type: type), .fixture(1), .hours) }
        #expect(Self.names(groups) == ["a", "b", "+1"])
        #expect(groups.ordered()[2].totals.reportCount == 2)
        #expect(groups.total.reportCount == 5)
    }

    @Test("each dimension returns its part of the key, and days are in the given time zone")
    func values() {
        let key = ArrivalKey.fixture(verification: .expired)
        let values = StatsDimension.allCases.map { $0.value(of: key, .hours, offset: { _ in 0 }) }
        #expect(
            values == [
                "klavi", "klavi", "Income", "checking", "specific", "expired", "2026-11-02", "2026-11-02T10:00:00.000Z",
            ])
        #expect(StatsDimension.day.value(of: key, .hours, offset: { _ in 14 * 3_600_000 }) == "2026-11-03")
        for dimension in [StatsDimension.topic, .rule] {
            #expect(dimension.value(of: .fixture(route: nil), .hours, offset: { _ in 0 }) == nil)
        }
        let minute = ArrivalKey(
            source: "", provider: "", type: "", route: nil, verification: .verified,
            slot: TimeSlots.minutes.slot(of: Timestamp.fixture.advanced(byMilliseconds: 3_000_000)))
        #expect(StatsDimension.hour.value(of: minute, .minutes, offset: { _ in 0 }) == "2026-11-02T10:00:00.000Z")
    }
}

@Suite("Arrivals by time")
struct SlotCountsTests {
    private static func time(_ hours: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: hours * 3_600_000)
    }

    @Test("each bar covers the shortest period that the limit allows, and each arrival is in exactly one bar")
    func chart() {
        var counts = SlotCounts(.hours)
        for hour in 0..<48 { counts.add(Int64(hour), in: TimeSlots.hours.slot(of: Self.time(Int64(hour)))) }
        for (limit, length) in [(60, Int64(1)), (30, 2), (20, 3), (10, 6), (7, 12)] {
            let chart = counts.chart(from: Self.time(0), to: Self.time(48), limit: limit)
            #expect(chart.barMilliseconds == length * 3_600_000)
            #expect(chart.values.count <= limit)
            #expect(chart.values.reduce(0, +) == (0..<48).reduce(0, +))
        }
        let part = counts.chart(from: Self.time(10), to: Self.time(12), limit: 60)
        #expect(part.values == [10, 11, 12])
        #expect(part.start.rfc3339 == "2026-11-02T20:00:00.000Z")
    }

    @Test("the week starts on Monday in UTC, even before 1970")
    func week() {
        var counts = SlotCounts(.hours)
        for (text, count) in [
            ("2026-11-02T10:00:00Z", Int64(1)), ("2026-11-08T23:59:00Z", 2), ("1970-01-01T00:00:00Z", 4),
            ("1969-12-28T05:00:00Z", 8),
        ] {
            counts.add(count, in: TimeSlots.hours.slot(of: Timestamp(rfc3339: text.utf8) ?? .fixture))
        }
        #expect(counts.week[0][10] == 1)
        #expect(counts.week[6][23] == 2)
        #expect(counts.week[3][0] == 4)
        #expect(counts.week[6][5] == 8)
        #expect(counts.week.flatMap { $0 }.reduce(0, +) == 15)
    }

    @Test("extreme times never end the process")
    func wild() async {
        await #expect(processExitsWith: .success) {
            for slots in [TimeSlots.minutes, .hours] {
                var counts = SlotCounts(slots)
                for time in [Int64.min, .max, 0, -1] {
                    counts.add(1, in: slots.slot(of: Timestamp(millisecondsSinceEpoch: time)))
                }
                for (start, end) in [(Int64.min, Int64.max), (.min, 0), (.max, .min), (.max, .max), (0, 0)] {
                    let chart = counts.chart(
                        from: Timestamp(millisecondsSinceEpoch: start), to: Timestamp(millisecondsSinceEpoch: end),
                        limit: 68)
                    precondition(chart.values.count <= 68)
                    _ = chart.end.rfc3339
                }
            }
        }
    }
}
