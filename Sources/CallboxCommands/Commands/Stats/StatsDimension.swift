internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// What arrivals can be counted by.
enum StatsDimension: String, CaseIterable, ExpressibleByArgument, Sendable {
    case provider, source, type, topic, rule, verification, day, hour

    /// Whether it runs through time, and is listed in that order.
    var isTime: Bool {
        self == .day || self == .hour
    }

    /// The value that an arrival has; nil for the topic and the rule of what no route took. Days and hours are those of UTC.
    func value(of key: ArrivalKey, _ slots: TimeSlots) -> String? {
        switch self {
        case .provider: key.provider
        case .source: key.source
        case .type: key.type
        case .topic: key.route?.topic
        case .rule: key.route?.rule.rawValue
        case .verification: key.verification.rawValue
        case .day: DayClock.utc.parts(of: slots.start(of: key.slot)).day
        case .hour:
            TimeSlots.hours.start(of: TimeSlots.hours.slot(of: slots.start(of: key.slot))).rfc3339
        }
    }

    /// The value as a person reads it.
    func text(_ value: String?) -> String {
        guard let value else { return self == .topic || self == .rule ? "unrouted" : "-" }
        guard self == .hour, value.count == 24 else { return value }
        return "\(value.prefix(10)) \(value.dropFirst(11).prefix(5))"
    }
}
