/// Text as bytes, because building a million bodies with `String` would take minutes.
struct ByteText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    var count: Int { bytes.count }

    mutating func add(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func add(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(byte: UInt8) {
        bytes.append(byte)
    }

    /// Adds the last `count` decimal digits of `number`, with leading zeros.
    mutating func addDigits(_ number: UInt64, count: Int) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
        var rest = number
        var index = start + count - 1
        while index >= start {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            index -= 1
        }
    }

    mutating func addNumber(_ number: UInt64) {
        var digitCount = 1
        var rest = number / 10
        while rest > 0 {
            digitCount += 1
            rest /= 10
        }
        addDigits(number, count: digitCount)
    }

    /// Adds the lowest `count` hexadecimal digits of `word`.
    mutating func addHex(_ word: UInt64, count: Int) {
        var shift = 4 * count
        while shift > 0 {
            shift -= 4
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0xf
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Adds a random UUID (RFC 9562 §5.4) that consists of these two words.
    mutating func addUUID(_ high: UInt64, _ low: UInt64) {
        addHex(high >> 32, count: 8)
        bytes.append(UInt8(ascii: "-"))
        addHex(high >> 16, count: 4)
        bytes.append(UInt8(ascii: "-"))
        addHex(0x4000 | high & 0x0fff, count: 4)
        bytes.append(UInt8(ascii: "-"))
        addHex(0x8000 | low >> 48 & 0x3fff, count: 4)
        bytes.append(UInt8(ascii: "-"))
        addHex(low, count: 12)
    }

    /// Adds a date such as `2026-11-21`.
    mutating func addDate(milliseconds: Int64) {
        // Converts days to a civil date (Howard Hinnant, "chrono-compatible low-level date algorithms").
        let days = Int(milliseconds / 86_400_000) + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        addDigits(UInt64(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), count: 4)
        bytes.append(UInt8(ascii: "-"))
        addDigits(UInt64(month), count: 2)
        bytes.append(UInt8(ascii: "-"))
        addDigits(UInt64(dayOfYear - (153 * shifted + 2) / 5 + 1), count: 2)
    }

    /// Adds a time such as `2026-11-21T10:00:00`.
    mutating func addTime(milliseconds: Int64) {
        addDate(milliseconds: milliseconds)
        bytes.append(UInt8(ascii: "T"))
        let seconds = UInt64(milliseconds / 1000 % 86_400)
        addDigits(seconds / 3600, count: 2)
        bytes.append(UInt8(ascii: ":"))
        addDigits(seconds / 60 % 60, count: 2)
        bytes.append(UInt8(ascii: ":"))
        addDigits(seconds % 60, count: 2)
    }
}
