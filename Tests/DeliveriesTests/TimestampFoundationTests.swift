import Deliveries
import Foundation
import TestKit
import Testing

@Suite("Dates and times compared with Foundation's")
struct TimestampFoundationTests {
    /// Whole seconds from the year 1600 on, because Foundation's calendars contradict each other before that year.
    private static let seconds: [Int64] = {
        var generator = SplitMix64(seed: 4)
        return (0..<2000).map { _ in Int64.random(in: -11_676_096_000...253_402_300_799, using: &generator) }
    }()

    @Test("a text that Foundation writes is read as the same time and written as the same text")
    func fromFoundation() {
        let style = Date.ISO8601FormatStyle()
        var generator = SplitMix64(seed: 5)
        for second in Self.seconds {
            let text = Date(timeIntervalSince1970: Double(second)).formatted(style)
            #expect(Timestamp(rfc3339: text.utf8)?.millisecondsSinceEpoch == second * 1000)
            let fraction = Int64.random(in: 0...999, using: &generator)
            let written = Timestamp(millisecondsSinceEpoch: second * 1000 + fraction).rfc3339
            let digits = String(1000 + fraction).dropFirst()
            #expect(written == "\(text.dropLast()).\(digits)Z")
        }
    }

    @Test("times with an offset are read as in Foundation")
    func offsets() throws {
        var generator = SplitMix64(seed: 6)
        for second in Self.seconds.prefix(500) {
            let minutes = Int.random(in: -14 * 60...14 * 60, using: &generator)
            let zone = try #require(TimeZone(secondsFromGMT: minutes * 60))
            let text = Date(timeIntervalSince1970: Double(second)).formatted(Date.ISO8601FormatStyle(timeZone: zone))
            guard
                Timestamp(rfc3339: "9999-12-31T00:00:00Z".utf8).map({ second * 1000 < $0.millisecondsSinceEpoch })
                    == true
            else { continue }
            #expect(Timestamp(rfc3339: text.utf8)?.millisecondsSinceEpoch == second * 1000, "\(text)")
        }
    }

    @Test("the HTTP date equals Foundation's HTTP date")
    func httpDates() {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) GMT
                """,
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        for second in Self.seconds.prefix(500) {
            #expect(
                Timestamp(millisecondsSinceEpoch: second * 1000).httpDate
                    == Date(timeIntervalSince1970: Double(second)).formatted(style))
        }
    }

    @Test("every moment from the year 1 to the year 9999 is unchanged after writing and reading")
    func roundTrip() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<5000 {
            let moment = Timestamp(
                millisecondsSinceEpoch: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
            #expect(Timestamp(rfc3339: moment.rfc3339.utf8) == moment)
        }
    }
}
