internal import Foundation

/// Times as the API and the reports write them.
enum KlaviTime {
    /// ISO 8601 with milliseconds and `Z`.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// To the second and without a zone, as reports have it; UTC.
    static func textWithoutZone(_ date: Date) -> String {
        String(date.formatted(Date.ISO8601FormatStyle()).prefix(19))
    }

    static func day(_ date: Date) -> String {
        String(textWithoutZone(date).prefix(10))
    }
}
