package import Deliveries
internal import Journal
package import ReportIndex

/// A property by which `stats` groups arrivals.
package enum StatsDimension: String, CaseIterable, Sendable {
    case provider, source, type, topic, rule, verification, day, hour

    package var isTime: Bool {
        self == .day || self == .hour
    }

    /// The value of an arrival in this dimension. Nil for `topic` and `rule` if the report has no route. An hour is an
    /// RFC 3339 time in UTC.
    ///
    /// - Parameter offset: the time zone for days, in milliseconds east of UTC.
    package func value(of key: ArrivalKey, _ slots: TimeSlots, offset: (Timestamp) -> Int64) -> String? {
        let start = slots.start(of: key.slot)
        return switch self {
        case .provider: key.provider
        case .source: key.source
        case .type: key.type
        case .topic: key.route?.topic
        case .rule: key.route?.rule.rawValue
        case .verification: key.verification.rawValue
        case .day: Self.day(start.advanced(byMilliseconds: offset(start)).rfc3339)
        case .hour: TimeSlots.hours.start(of: TimeSlots.hours.slot(of: start)).rfc3339
        }
    }

    /// The day of a time. A time outside the years 0001 to 9999 has no date and is returned unchanged.
    private static func day(_ time: String) -> String {
        time.count == 24 ? String(time.prefix(10)) : time
    }
}
