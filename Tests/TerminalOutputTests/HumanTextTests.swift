import Deliveries
import TestKit
import Testing

@testable import TerminalOutput

@Suite("Numbers and times as text")
struct HumanTextTests {
    @Test(
        "a size has at most one decimal and the largest unit that fits",
        arguments: [
            (Int64(0), "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1536, "1.5 KB"), (13_722, "13.4 KB"),
            (1_048_524, "1023.9 KB"), (1_048_525, "1.0 MB"), (1_048_575, "1.0 MB"), (1_048_576, "1.0 MB"),
            (8_388_608, "8.0 MB"), (1_073_741_823, "1.0 GB"), (1_073_741_824, "1.0 GB"), (1 << 40, "1.0 TB"),
            (1 << 50, "1024.0 TB"), (.max, "8388608.0 TB"),
        ])
    func byteCount(count: Int64, expected: String) {
        #expect(HumanText.byteCount(count) == expected)
    }

    @Test("on a terminal a time is written in the clock's time zone, and in a pipe it is written as RFC 3339")
    func time() {
        #expect(DayClock.utc.text(.fixture) == "2026-11-02 10:00:00Z")
        #expect(DayClock(zoneNamed: "America/Sao_Paulo")?.text(.fixture) == "2026-11-02 07:00:00")
        #expect(DayClock(zoneNamed: "Mars").map(\.zoneName) == nil)
        #expect(DayClock.utc.text(Timestamp(millisecondsSinceEpoch: -1)) == "1969-12-31 23:59:59Z")
        #expect(DayClock.utc.text(Timestamp(millisecondsSinceEpoch: .max)) == "9223372036854775807ms")
        var console = RecordedOutput().console(isTerminal: true)
        console.clock = DayClock(zoneNamed: "Asia/Tokyo") ?? .utc
        #expect(console.time(.fixture) == "2026-11-02 19:00:00")
        #expect(RecordedOutput().console().time(.fixture) == Timestamp.fixture.rfc3339)
    }

    @Test("a noun is singular or plural according to its number, and long numbers have separators")
    func count() {
        #expect(
            [0, 999, 1000, -812_004, 1_000_000].map { HumanText.grouped($0) } == [
                "0", "999", "1,000", "-812,004", "1,000,000",
            ])
        #expect(HumanText.count(0, "report") == "0 reports")
        #expect(HumanText.count(1, "report") == "1 report")
        #expect(HumanText.count(2, "report") == "2 reports")
        #expect(HumanText.count(Int64(1), "delivery", "deliveries") == "1 delivery")
        #expect(HumanText.count(Int64(2), "delivery", "deliveries") == "2 deliveries")
    }
}

@Suite("Durations as text")
struct HumanTextSpanTests {
    @Test(
        "a duration is shown in its largest unit, without a sign",
        arguments: [
            (Int64(0), "0 ms"), (999, "999 ms"), (1000, "1 s"), (-59_999, "59 s"), (60_000, "1 min"),
            (3_599_999, "59 min"),
            (3_600_000, "1 h"), (172_799_999, "47 h"), (172_800_000, "2 d"), (63_072_000_000, "2 y"),
            (.min, "292471208 y"),
        ])
    func span(milliseconds: Int64, expected: String) {
        #expect(HumanText.span(milliseconds: milliseconds) == expected)
    }
}
