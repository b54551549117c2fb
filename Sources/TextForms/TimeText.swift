package import Deliveries
internal import Foundation

/// Parses times in the forms that senders and people write.
///
/// | form | example |
/// |---|---|
/// | RFC 3339 and small deviations | `Timestamp(rfc3339:)` |
/// | a zone in brackets (RFC 9557), used if there is no offset | `2026-11-21T10:00:00[Europe/Paris]` |
/// | seconds, milliseconds, microseconds or nanoseconds since 1970 | `1795255201`, `1795255201.25`, `1795255201250` |
/// | the forms of RFC 9110 §5.6.7, and similar forms | `Sat, 21 Nov 2026 10:00:01 GMT`, `Sat Nov 21 10:00:01 2026` |
package enum TimeText {
    /// The maximum length of a time in bytes.
    private static let byteCountLimit = 128

    /// Parses a time. Nil for any other form, because a guess could result in a wrong time.
    package static func read(_ text: String) -> Timestamp? {
        guard text.utf8.count <= byteCountLimit else { return nil }
        let text = text.trimmingCharacters(in: .whitespaces)
        return Timestamp(rfc3339: text.utf8) ?? epoch(text) ?? httpDate(text) ?? zoned(text)
    }

    /// The form of a string without its content, for messages: the form of `21/11/2026` is `99/99/9999`.
    package static func shape(of text: String) -> String {
        let shown = text.unicodeScalars.prefix(40).map { scalar -> Character in
            switch scalar {
            case "0"..."9": "9"
            case "a"..."z", "A"..."Z": "a"
            case " ", "-", "/", ".", ":", ",", "+", "_": Character(scalar)
            default: "?"
            }
        }
        return String(shown) + (text.unicodeScalars.count > 40 ? "…" : "")
    }

    /// The years 2000 to 2199 in seconds since 1970. A number outside this range is more likely a date without
    /// punctuation, such as `20261121`.
    private static let epochSeconds: Range<Int64> = 946_684_800..<7_258_118_400

    private static func epoch(_ text: String) -> Timestamp? {
        guard let (whole, thousandths) = decimal(text) else { return nil }
        // The ranges of the four units do not overlap.
        if epochSeconds.contains(whole) { return Timestamp(millisecondsSinceEpoch: whole * 1000 + thousandths) }
        for divisor: Int64 in [1, 1000, 1_000_000] where epochSeconds.contains(whole / divisor / 1000) {
            return Timestamp(millisecondsSinceEpoch: whole / divisor)
        }
        return nil
    }

    /// The whole part of a decimal number and three digits of its fraction. Accepts exponents, such as in
    /// `1.795255201E9`.
    private static func decimal(_ text: String) -> (whole: Int64, thousandths: Int64)? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let exponentText = parts.count == 2 ? parts[1].drop { $0 == "+" } : "0"
        guard let exponent = DecimalText.nonNegative(exponentText.utf8), exponent <= 18 else { return nil }
        let numbers = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = numbers.count == 2 ? Array(numbers[1].utf8) : [UInt8(ascii: "0")]
        guard !numbers[0].isEmpty, !fraction.isEmpty,
            (Array(numbers[0].utf8) + fraction).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let shift = Int(exponent)
        func digits(_ count: Int, from start: Int) -> [UInt8] {
            (start..<start + count).map { $0 < fraction.count ? fraction[$0] : UInt8(ascii: "0") }
        }
        guard let whole = Int64(String(decoding: Array(numbers[0].utf8) + digits(shift, from: 0), as: UTF8.self)),
            let thousandths = DecimalText.nonNegative(digits(3, from: shift))
        else { return nil }
        return (whole, thousandths)
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Parses a date with the English name of its month: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37
    /// GMT`, `Sun Nov  6 08:49:37 1994`, `Sat Nov 21 2026 10:00:01 GMT+0000 (Coordinated Universal Time)`. Nil for a
    /// zone such as EST that is neither UTC nor an offset, because several zones have the same name.
    package static func httpDate(_ text: String) -> Timestamp? {
        guard text.utf8.count <= byteCountLimit else { return nil }
        let uncommented = text.prefix { $0 != "(" }
        var words = uncommented.split { $0 == " " || $0 == "," }
        if let first = words.first, weekdays.contains(String(first.prefix(3).lowercased())) { words.removeFirst() }
        // The date has the form `06-Nov-94`.
        if let first = words.first, first.split(separator: "-").count == 3 {
            words.replaceSubrange(0..<1, with: first.split(separator: "-"))
        }
        guard words.count >= 4 else { return nil }
        if month(words[0]) != nil { words.swapAt(0, 1) }
        guard let day = DecimalText.nonNegative(words[0].utf8), (1...31).contains(day), let month = month(words[1])
        else { return nil }
        words.removeFirst(2)
        guard let clock = words.firstIndex(where: { $0.contains(":") }) else { return nil }
        let time = words.remove(at: clock)
        guard let yearPlace = words.firstIndex(where: { DecimalText.nonNegative($0.utf8) != nil }) else { return nil }
        let yearText = words.remove(at: yearPlace)
        guard let year = DecimalText.nonNegative(yearText.utf8), [2, 4].contains(yearText.utf8.count), words.count <= 1
        else { return nil }
        let zone = words.first.map { $0.hasPrefix("GMT") || $0.hasPrefix("UTC") ? $0.dropFirst(3) : $0 } ?? ""
        guard zone.isEmpty || zone == "Z" || zone.hasPrefix("+") || zone.hasPrefix("-") else { return nil }
        // Two digits represent the years 1970 to 2069.
        let whole = yearText.utf8.count == 4 ? year : year + (year < 70 ? 2000 : 1900)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return Timestamp(rfc3339: "\(padded(whole, 4))-\(padded(month, 2))-\(padded(day, 2))T\(time)\(zone)".utf8)
    }

    private static func month(_ word: Substring) -> Int64? {
        guard word.allSatisfy({ $0.isASCII && $0.isLetter }), (3...9).contains(word.count) else { return nil }
        return months.firstIndex(of: String(word.prefix(3).lowercased())).map { Int64($0) + 1 }
    }

    /// Parses a local time with its zone in brackets. If a local time occurs twice, the first occurrence is used.
    private static func zoned(_ text: String) -> Timestamp? {
        guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else { return nil }
        let name = text[text.index(after: open)..<close].drop { $0 == "!" }
        // Reads the local time as UTC. Reading fails if the text has an offset, but `Timestamp(rfc3339:)` has already
        // parsed such texts.
        guard let zone = TimeZone(identifier: String(name)),
            let local = Timestamp(rfc3339: (text[..<open] + "Z" + text[text.index(after: close)...]).utf8)
        else { return nil }
        let seconds = Double(local.millisecondsSinceEpoch) / 1000
        func offset(_ seconds: Double) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)) }
        // Uses the offset of the previous day unless the offset has changed since then.
        let before = offset(seconds - 86_400)
        let valid = offset(seconds - Double(before)) == before ? before : offset(seconds - Double(offset(seconds)))
        return local.advanced(byMilliseconds: -Int64(valid) * 1000)
    }
}
