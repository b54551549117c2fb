#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension Timestamp {
    /// Parses a date and time of RFC 3339 §5.6, with the suffixes of RFC 9557. Also accepts deviations that senders
    /// use: a space instead of the `T`, no seconds, a comma before the fraction, and any number of fraction digits (cut
    /// to milliseconds). An offset may follow a space, lack its colon or its minutes, or be `UTC` or `GMT`. Without an
    /// offset the time is in UTC.
    ///
    /// Accepts the years 0001 to 9999 and at most 128 bytes. A leap second counts as the next second. Nil for any other
    /// text.
    package init?(rfc3339 text: some Sequence<UInt8>) {
        var scanner = DateTimeScanner(text)
        guard let moment = scanner.scan() else { return nil }
        self = moment
    }

    /// The time as text, such as `2026-11-21T10:00:01.250Z`. Outside the years 0001 to 9999, the number of milliseconds
    /// since 1970, such as `253402300800000ms`.
    package var rfc3339: String {
        let second = flooredSeconds
        guard Self.civilSeconds.contains(second) else { return "\(millisecondsSinceEpoch)ms" }
        let time = Self.civil(second)
        return "\(Self.padded(time.tm_year + 1900, 4))-\(Self.padded(time.tm_mon + 1))-\(Self.padded(time.tm_mday))"
            + "T\(Self.timeOfDay(time)).\(Self.padded(Int32(millisecondsSinceEpoch - second * 1000), 3))Z"
    }

    /// The time as `Sat, 21 Nov 2026 10:00:01 GMT` (RFC 9110 §5.6.7), clamped to the years 0001 to 9999.
    package var httpDate: String {
        let time = Self.civil(min(max(flooredSeconds, Self.civilSeconds.lowerBound), Self.civilSeconds.upperBound))
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(weekdays[Int(time.tm_wday)]), \(Self.padded(time.tm_mday)) \(months[Int(time.tm_mon)])"
            + " \(Self.padded(time.tm_year + 1900, 4)) \(Self.timeOfDay(time)) GMT"
    }

    /// The seconds of the years 0001 to 9999, relative to 1970.
    private static let civilSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    private var flooredSeconds: Int64 {
        millisecondsSinceEpoch / 1000 - (millisecondsSinceEpoch % 1000 < 0 ? 1 : 0)
    }

    private static func civil(_ second: Int64) -> tm {
        var seconds = time_t(second)
        var time = tm()
        gmtime_r(&seconds, &time)
        return time
    }

    private static func timeOfDay(_ time: tm) -> String {
        "\(padded(time.tm_hour)):\(padded(time.tm_min)):\(padded(time.tm_sec))"
    }

    private static func padded(_ value: Int32, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

private struct DateTimeScanner {
    private static let byteCountLimit = 128

    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some Sequence<UInt8>) {
        // Reads one byte more than the limit, to detect a string that is too long.
        self.bytes = Array(text.prefix(Self.byteCountLimit + 1))
    }

    mutating func scan() -> Timestamp? {
        guard bytes.count <= Self.byteCountLimit, let year = digits(4), year >= 1, skip("-"), let month = digits(2),
            (1...12).contains(month), skip("-"), let day = digits(2), let midnight = Self.midnight(year, month, day),
            skip("T") || skip("t") || skip(" "), let hour = digits(2), hour <= 23, skip(":"), let minute = digits(2),
            minute <= 59, let (second, fraction) = secondAndMilliseconds(), let offset = offsetMinutes(),
            skipSuffixes(),
            position == bytes.count
        else { return nil }
        let seconds = midnight + hour * 3600 + (minute - offset) * 60 + second
        return Timestamp(millisecondsSinceEpoch: seconds * 1000 + fraction)
    }

    private mutating func secondAndMilliseconds() -> (Int64, Int64)? {
        guard skip(":") else { return (0, 0) }
        guard let second = digits(2), second <= 60, let fraction = fractionMilliseconds() else { return nil }
        return (second, fraction)
    }

    /// The seconds from 1970 to the start of a day; nil if the month does not have the day.
    private static func midnight(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        var time = tm()
        time.tm_year = Int32(year) - 1900
        time.tm_mon = Int32(month) - 1
        time.tm_mday = Int32(day)
        // `timegm` turns 31 April into 1 May, so the day is compared afterwards.
        let seconds = timegm(&time)
        return time.tm_mday == day ? Int64(seconds) : nil
    }

    private mutating func digits(_ count: Int) -> Int64? {
        guard position + count <= bytes.count,
            let value = DecimalText.nonNegative(bytes[position..<position + count])
        else { return nil }
        position += count
        return value
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skip(word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard bytes[position...].starts(with: word) else { return false }
            position += word.count
            return true
        }
    }

    private mutating func fractionMilliseconds() -> Int64? {
        guard skip(".") || skip(",") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            if count < 3 { value = value * 10 + Int64(bytes[position] - UInt8(ascii: "0")) }
            position += 1
            count += 1
        }
        switch count {
        case 0: return nil
        case 1: return value * 100
        case 2: return value * 10
        default: return value
        }
    }

    private mutating func offsetMinutes() -> Int64? {
        if position == bytes.count { return 0 }
        _ = skip(" ")
        if skip("Z") || skip("z") || skip(word: "UTC") || skip(word: "GMT") { return 0 }
        let isNegative = skip("-")
        guard isNegative || skip("+"), let hours = digits(2), hours <= 23 else { return nil }
        let hasColon = skip(":")
        let minutes = digits(2) ?? (hasColon ? nil : 0)
        guard let minutes, minutes <= 59 else { return nil }
        // The language Go appends the name of the zone: `+0000 UTC`.
        _ = skip(word: " UTC") || skip(word: " GMT")
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }

    /// Skips suffixes such as `[Europe/Paris][u-ca=gregory]`. Rejects a suffix with `!` unless it is a time zone,
    /// because `!` means that the recipient must understand the suffix (RFC 9557 §3.3).
    private mutating func skipSuffixes() -> Bool {
        while skip("[") {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "]") { position += 1 }
            let suffix = bytes[start..<position]
            guard skip("]"), suffix.count > 0 else { return false }
            if suffix.first == UInt8(ascii: "!"), suffix.contains(UInt8(ascii: "=")) { return false }
        }
        return true
    }
}
