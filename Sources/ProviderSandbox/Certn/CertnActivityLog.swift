internal import Foundation

/// Further entries of an applicant's activity log, to make a body as large as a test wants it. Each entry is one of a few
/// texts rendered beforehand, in which the time and the identifier are written over.
enum CertnActivityLog {
    private static let digits = Array("0123456789abcdef".utf8)
    private static let happenings = [
        ("DOCUMENT_RECEIVED", "Document received"), ("REMINDER_SENT", "Reminder sent to the candidate"),
        ("REFERENCE_CONTACTED", "Reference contacted"), ("SOURCE_SEARCHED", "Public source searched"),
    ]
    private static let secondsBetweenEntries = 7

    /// Appends at least this many bytes, each entry with a comma before it and an identifier of its own.
    static func append(to bytes: inout [UInt8], byteCount: Int, seed: UInt64, date: Date) {
        let end = bytes.count + byteCount
        bytes.reserveCapacity(end + 512)
        var random = SeededRandom(seed: seed)
        var entries = happenings.map { Entry(status: $0, day: date, identifier: random.uuid()) }
        var number = 0
        while bytes.count < end {
            let index = number % entries.count
            entries[index].set(second: number * secondsBetweenEntries, word: random.next())
            bytes.append(contentsOf: entries[index].bytes)
            number += 1
        }
    }

    /// The text of an entry, and where in it the parts stand that change.
    private struct Entry {
        private(set) var bytes: [UInt8]
        private let timeOffsets: [Int]
        private let labelOffset: Int
        private let identifierOffset: Int

        init(status: (name: String, label: String), day: Date, identifier: String) {
            let day = String(CertnSyntax.timestamp(day).prefix(10))
            let parts = [
                ",{\"created\":\"\(day)T", "00:00:00.000Z\",\"modified\":\"\(day)T", "00:00:00.000Z\",\"id\":\"",
                "\(identifier)\",\"status\":\"\(status.name)\",\"status_label\":\"\(status.label)\""
                    + ",\"date_label\":\"\(day)\",\"time_label\":\"",
                "00:00\"}",
            ]
            var offsets: [Int] = []
            bytes = []
            for part in parts {
                bytes += Array(part.utf8)
                offsets.append(bytes.count)
            }
            timeOffsets = [offsets[0], offsets[1]]
            identifierOffset = offsets[2]
            labelOffset = offsets[3]
        }

        /// Writes the time of day that this second falls into, and a number into the identifier's digits.
        mutating func set(second: Int, word: UInt64) {
            let (hour, minute) = (second / 3600 % 24, second / 60 % 60)
            for offset in timeOffsets + [labelOffset] {
                write(hour, at: offset)
                write(minute, at: offset + 3)
            }
            for offset in timeOffsets { write(second % 60, at: offset + 6) }
            // The first group of a UUID has eight digits, the last one twelve; neither says which version it is.
            for digit in 0..<8 {
                bytes[identifierOffset + digit] = digits[Int(word >> UInt64(4 * digit) & 0xf)]
                bytes[identifierOffset + 24 + digit] = digits[Int(word >> UInt64(32 + 4 * digit) & 0xf)]
            }
        }

        private mutating func write(_ number: Int, at offset: Int) {
            bytes[offset] = digits[number / 10]
            bytes[offset + 1] = digits[number % 10]
        }
    }
}
