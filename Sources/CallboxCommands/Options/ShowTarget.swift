internal import Deliveries

/// What `show` is to show: `42`, a delivery; `42.2`, the second report of it; `latest`, the newest report's delivery.
enum ShowTarget: Equatable {
    case delivery(DeliveryID, ordinal: Int?)
    case latest

    /// A place in a delivery is written as `list` writes it, from 1.
    init(argument: String) throws(CommandFailure) {
        guard argument != "latest" else {
            self = .latest
            return
        }
        let number = try ReportNumber(argument: argument)
        self = .delivery(number.delivery, ordinal: number.ordinal)
    }
}

extension CommandFailure {
    static func noSuchDelivery(_ id: DeliveryID) -> CommandFailure {
        CommandFailure(
            .negative, "there is no delivery \(id) in this archive", advice: "'callbox list' gives the numbers.")
    }
}
