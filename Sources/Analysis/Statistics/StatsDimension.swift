internal import Deliveries
internal import Journal
package import ReportIndex

/// A property by which `stats` groups arrivals.
package enum StatsDimension: String, CaseIterable, Sendable {
    case provider, source, type, topic, rule, verification, day, hour

    /// Whether its groups are days or hours, listed in order of time.
    package var isTime: Bool {
        self == .day || self == .hour
    }

    /// The value that an arrival has; nil for the topic and the rule of what no route took. Days and hours are those of UTC.
    package func value(of key: ArrivalKey, _ slots: TimeSlots) -> String? {
        switch self {
        case .provider: key.provider
        case .source: key.source
        case .type: key.type
        case .topic: key.route?.topic
        case .rule: key.route?.rule.rawValue
        case .verification: key.verification.rawValue
        case .day: Self.day(slots.start(of: key.slot).rfc3339)
        case .hour:
            TimeSlots.hours.start(of: TimeSlots.hours.slot(of: slots.start(of: key.slot))).rfc3339
        }
    }

    /// A time outside the years 0001 to 9999 is not written as a date.
    private static func day(_ time: String) -> String {
        time.count == 24 ? String(time.prefix(10)) : time
    }

    /// The value as a person reads it.
    package func text(_ value: String?) -> String {
        guard let value else { return self == .topic || self == .rule ? "unrouted" : "-" }
        guard self == .hour, value.count == 24 else { return value }
        return "\(value.prefix(10)) \(value.dropFirst(11).prefix(5))"
    }
}
