import Intake

extension IntakeEvent {
    /// The event in words, to compare.
    var summary: String {
        switch self {
        case .archived(let arrival): "archived \(arrival.id) from \(arrival.source), \(arrival.verification)"
        case .handshake(let source, let event, let status): "greeted \(source) \(status): \(event)"
        case .rejected(let source, let status, let reason): "rejected \(source) \(status): \(reason)"
        case .notQuarantined(let source): "not quarantined \(source)"
        case .unknownPath: "unknown path"
        }
    }

    /// The arrival of an archived delivery.
    var arrival: Arrival? {
        guard case .archived(let arrival) = self else { return nil }
        return arrival
    }
}
