internal import Foundation

/// The three spellings of time in the API (PROVIDERS.md 4.1, 4.2). Offsets are one hour all the year.
enum CertificallTime {
    private static let zone = TimeZone(secondsFromGMT: 3600) ?? .gmt

    /// `2023-11-09T13:24:40+01:00`, in reports and webhooks.
    static func withOffset(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
    }

    /// `2024-01-01T12:00:00Z`, in lists.
    static func zulu(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }

    /// `2025-12-31T23:59:59.000+0100`, the format of `expirationDate` in calls.
    static func compact(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(timeZoneSeparator: .omitted, includingFractionalSeconds: true, timeZone: zone))
    }

    /// Reads `yyyy-mm-ddThh:mm:ss.sss+hhmm` and nothing else: no `Z`, no colon in the offset, no day that does not
    /// exist.
    static func parse(compact text: String) -> Date? {
        let pattern = Array("dddd-dd-ddTdd:dd:dd.dddsdddd".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == pattern.count, zip(bytes, pattern).allSatisfy(fits) else { return nil }
        func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        let offset = (number(24..<26) * 60 + number(26..<28)) * 60
        guard year >= 1970, (1...12).contains(month), day >= 1, day <= dayCount(ofMonth: month, year), hour < 24,
            minute < 60, second < 60, number(24..<26) <= 14, number(26..<28) < 60
        else { return nil }
        let local = dayNumber(year, month, day) * 86_400 + (hour * 60 + minute) * 60 + second
        let sinceEpoch = local - (bytes[23] == UInt8(ascii: "-") ? -offset : offset)
        return Date(timeIntervalSince1970: Double(sinceEpoch) + Double(number(20..<23)) / 1000)
    }

    /// In a pattern `d` is a digit, `s` a sign and anything else itself.
    private static func fits(_ byte: UInt8, _ pattern: UInt8) -> Bool {
        switch pattern {
        case UInt8(ascii: "d"): (0x30...0x39).contains(byte)
        case UInt8(ascii: "s"): byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        default: byte == pattern
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func dayCount(ofMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1 January 1970.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400 - 477
        let months = (1..<month).reduce(0) { $0 + dayCount(ofMonth: $1, year) }
        return (year - 1970) * 365 + leapDays + months + day - 1
    }
}
