internal import Analysis
internal import Deliveries
internal import TerminalOutput

/// `42`, a delivery; `42.2`, the second report of it, as `list` writes it.
struct ReportNumber: Equatable {
    let delivery: DeliveryID
    /// Counted from 1; nil where the number is that of a delivery.
    let ordinal: Int?

    init(argument: String) throws(CommandFailure) {
        let parts = argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let delivery = parts.first.flatMap({ DeliveryID(String($0)) }) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no number of a delivery",
                advice: "'callbox list' gives the numbers.")
        }
        self.delivery = delivery
        guard parts.count == 2, !parts[1].isEmpty else {
            ordinal = nil
            return
        }
        guard let number = DecimalText.nonNegative(parts[1].utf8), (1...1_000_000).contains(number) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no number of a report",
                advice: "'callbox list' writes the second report of delivery 42 as 42.2.")
        }
        ordinal = Int(number)
    }
}

extension DeliveryID {
    /// A number from the command line. `42.2`, as `list` writes the second report of a delivery, means the delivery.
    init(argument: String) throws(CommandFailure) {
        self = try ReportNumber(argument: argument).delivery
    }
}

extension ReportReference {
    /// `42`, a delivery; `42.2`, the second report of it, as `list` writes it; `latest`, the newest report.
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
