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
        let id = try DeliveryID(argument: argument)
        let parts = argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            self = .delivery(id, ordinal: nil)
            return
        }
        guard let number = DecimalText.nonNegative(parts[1].utf8), (1...1_000_000).contains(number) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no number of a report",
                advice: "'callbox list' writes the second report of delivery 42 as 42.2.")
        }
        self = .delivery(id, ordinal: Int(number))
    }
}

extension DeliveryID {
    /// A number from the command line. `42.2`, as `list` writes the second report of a delivery, means the delivery.
    init(argument: String) throws(CommandFailure) {
        let number =
            argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard let id = DeliveryID(number) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no number of a delivery",
                advice: "'callbox list' gives the numbers.")
        }
        self = id
    }
}

extension CommandFailure {
    static func noSuchDelivery(_ id: DeliveryID) -> CommandFailure {
        CommandFailure(
            .negative, "there is no delivery \(id) in this archive", advice: "'callbox list' gives the numbers.")
    }
}
