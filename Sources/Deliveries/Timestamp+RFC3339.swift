extension Timestamp {
    /// Reads a date and time as RFC 3339 §5.6 writes it, and the near misses that providers send: a space for the `T`,
    /// an offset without its colon, no offset at all (taken as UTC), 1 to 9 fraction digits (cut to milliseconds).
    ///
    /// Years 0001 to 9999. A leap second counts as the second after it. Nil for anything else.
    package init?(rfc3339 text: some Sequence<UInt8>) {
        var scanner = DateTimeScanner(text)
        guard let moment = scanner.scan() else { return nil }
        self = moment
    }

    /// `2026-11-21T10:00:01.250Z`; moments outside the years 0001 to 9999 are given as their millisecond count.
    package var rfc3339: String {
        let second = millisecondsSinceEpoch.flooredQuotient(by: 1000)
        let day = second.flooredQuotient(by: 86_400)
        guard (-719_162...2_932_896).contains(day) else { return "\(millisecondsSinceEpoch)ms" }
        let date = CivilDate(daysSinceEpoch: day)
        let timeOfDay = second - day * 86_400
        let fraction = millisecondsSinceEpoch - second * 1000
        return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
            + "T\(Self.padded(timeOfDay / 3600, 2)):\(Self.padded(timeOfDay / 60 % 60, 2))"
            + ":\(Self.padded(timeOfDay % 60, 2)).\(Self.padded(fraction, 3))Z"
    }

    /// `Sat, 21 Nov 2026 10:00:01 GMT`, as HTTP writes dates (RFC 9110 §5.6.7).
    package var httpDate: String {
        let second = millisecondsSinceEpoch.flooredQuotient(by: 1000)
        let day = min(max(second.flooredQuotient(by: 86_400), -719_162), 2_932_896)
        let date = CivilDate(daysSinceEpoch: day)
        let timeOfDay = second - second.flooredQuotient(by: 86_400) * 86_400
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = weekdays[Int(day - day.flooredQuotient(by: 7) * 7)]
        return "\(weekday), \(Self.padded(date.day, 2)) \(months[Int(date.month - 1)]) \(Self.padded(date.year, 4))"
            + " \(Self.padded(timeOfDay / 3600, 2)):\(Self.padded(timeOfDay / 60 % 60, 2))"
            + ":\(Self.padded(timeOfDay % 60, 2)) GMT"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A day of the proleptic Gregorian calendar.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Counts in 400-year cycles of 146,097 days that begin on the first of March, so that leap days come last.
    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let cycle = shifted.flooredQuotient(by: 146_097)
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        self.month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
    }

    static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let cycle = marchYear.flooredQuotient(by: 400)
        let yearOfCycle = marchYear - cycle * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
    }

    static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

private struct DateTimeScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some Sequence<UInt8>) {
        // The longest form has 35 characters; one more is enough to know that a text is too long.
        self.bytes = Array(text.prefix(40))
    }

    mutating func scan() -> Timestamp? {
        guard let year = digits(4), year >= 1, skip("-"), let month = digits(2), (1...12).contains(month), skip("-"),
            let day = digits(2), (1...CivilDate.dayCount(year: year, month: month)).contains(day),
            skip("T") || skip("t") || skip(" "),
            let hour = digits(2), hour <= 23, skip(":"), let minute = digits(2), minute <= 59, skip(":"),
            let second = digits(2), second <= 60,
            let fraction = fractionMilliseconds(), let offset = offsetMinutes(), position == bytes.count
        else { return nil }
        let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        return Timestamp(millisecondsSinceEpoch: seconds * 1000 + fraction)
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

    private mutating func fractionMilliseconds() -> Int64? {
        guard skip(".") else { return 0 }
        let start = position
        var value: Int64 = 0
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            if position - start < 3 { value = value * 10 + Int64(bytes[position] - UInt8(ascii: "0")) }
            position += 1
        }
        switch position - start {
        case 1: return value * 100
        case 2: return value * 10
        case 3...9: return value
        default: return nil
        }
    }

    private mutating func offsetMinutes() -> Int64? {
        if position == bytes.count || skip("Z") || skip("z") { return 0 }
        let isNegative = skip("-")
        guard isNegative || skip("+"), let hours = digits(2), hours <= 23 else { return nil }
        _ = skip(":")
        guard let minutes = digits(2), minutes <= 59 else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }
}

extension Int64 {
    /// The quotient rounded towards minus infinity, for a positive divisor.
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
