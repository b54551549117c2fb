import Deliveries
import TerminalOutput
import Testing

@testable import CallboxCommands

@Suite("Times as people enter them in a filter")
struct MomentTextTests {
    private static func moment(
        _ text: String, at now: String = "2026-11-21T15:04:05.678Z", in zone: String = "UTC"
    ) throws -> String? {
        MomentText.parse(
            text, now: try #require(Timestamp(rfc3339: now.utf8)), clock: try #require(DayClock(zoneNamed: zone)))?
            .rfc3339
    }

    @Test(
        "a duration is subtracted from the current time",
        arguments: [
            ("now", "2026-11-21T15:04:05.678Z"), ("0d", "2026-11-21T15:04:05.678Z"),
            ("678ms", "2026-11-21T15:04:05.000Z"),
            ("90s", "2026-11-21T15:02:35.678Z"), ("30m", "2026-11-21T14:34:05.678Z"),
            ("24h", "2026-11-20T15:04:05.678Z"),
            ("7d", "2026-11-14T15:04:05.678Z"), ("36600d", "1926-09-07T15:04:05.678Z"),
        ])
    func duration(text: String, expected: String) throws {
        #expect(try Self.moment(text) == expected)
    }

    @Test(
        "a day begins at midnight",
        arguments: [
            ("today", "2026-11-21T00:00:00.000Z"), ("yesterday", "2026-11-20T00:00:00.000Z"),
            ("2026-11-21", "2026-11-21T00:00:00.000Z"), ("2024-02-29", "2024-02-29T00:00:00.000Z"),
        ])
    func day(text: String, expected: String) throws {
        #expect(try Self.moment(text) == expected)
    }

    @Test(
        "days and times without an offset are in the clock's time zone, even if its offset changes on that day",
        arguments: [
            ("today", "America/Sao_Paulo", "2026-11-21T03:00:00.000Z"),
            ("2026-11-20", "Asia/Tokyo", "2026-11-19T15:00:00.000Z"),
            ("2026-11-20T10:00:00", "America/Sao_Paulo", "2026-11-20T13:00:00.000Z"),
            ("2026-11-20 10:00", "America/Sao_Paulo", "2026-11-20T13:00:00.000Z"),
            ("2026-03-29T04:00:00", "Europe/Berlin", "2026-03-29T02:00:00.000Z"),
            ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"),
            ("2026-11-20T10:00:00Z", "Asia/Tokyo", "2026-11-20T10:00:00.000Z"),
        ])
    func zone(text: String, zone: String, expected: String) throws {
        #expect(try Self.moment(text, in: zone) == expected)
    }

    @Test("yesterday is the previous day, even if it has 25 hours")
    func longDay() throws {
        let now = "2026-10-25T23:30:00.000Z"
        #expect(try Self.moment("yesterday", at: now, in: "Europe/Berlin") == "2026-10-24T22:00:00.000Z")
    }

    @Test("yesterday crosses the ends of months and years, and is correct in the first millisecond of a day")
    func yesterday() throws {
        #expect(try Self.moment("yesterday", at: "2028-03-01T00:00:00.000Z") == "2028-02-29T00:00:00.000Z")
        #expect(try Self.moment("yesterday", at: "2027-01-01T23:59:59.999Z") == "2026-12-31T00:00:00.000Z")
        #expect(try Self.moment("today", at: "2027-01-01T00:00:00.000Z") == "2027-01-01T00:00:00.000Z")
    }

    @Test(
        "a date and time of RFC 3339 is accepted, with or without an offset",
        arguments: [
            ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
            ("2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.500Z"),
            ("2026-11-21T10:00:00+02:00", "2026-11-21T08:00:00.000Z"),
            ("2026-11-21T10:00:00", "2026-11-21T10:00:00.000Z"),
            ("2026-11-21 10:00:00", "2026-11-21T10:00:00.000Z"), ("2026-11-21T10:00", "2026-11-21T10:00:00.000Z"),
            ("1700000000", "2023-11-14T22:13:20.000Z"),
        ])
    func dateAndTime(text: String, expected: String) throws {
        #expect(try Self.moment(text) == expected)
    }

    @Test(
        "strings that are not times are rejected",
        arguments: [
            "", " ", "7", "d", "-7d", "+7d", "7w", "1.5d", "7 days", "tomorrow", "Today", "today ", "36601d",
            "2026-13-01",
            "2026-02-29", "2026-11-31", "2026-11", "21.11.2026", "2026-11-21T",
            "2026-11-21T24:00:00Z",
            "2026-11-21Z", "2026-11-21T10:00:00ZZ", "0000-01-01", "７d", "2026-11-21\u{0}",
        ])
    func rejected(text: String) throws {
        #expect(try Self.moment(text) == nil)
    }

    @Test("a time outside of the representable years has no day and causes no crash")
    func strangeClock() {
        for now in [Timestamp(millisecondsSinceEpoch: .min), Timestamp(millisecondsSinceEpoch: .max)] {
            #expect(MomentText.parse("today", now: now, clock: .utc) == nil)
            #expect(MomentText.parse("yesterday", now: now, clock: .utc) == nil)
        }
        let earliest = Timestamp(millisecondsSinceEpoch: .min)
        #expect(MomentText.parse("7d", now: earliest, clock: .utc) == earliest)
    }
}
