internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Quarantine
internal import ReportIndex

/// An ID on the command line. Every command parses every kind of ID; if a command cannot use an ID, the error names the
/// right command.
enum ItemReference: Equatable, CustomStringConvertible {
    /// `42`
    case delivery(DeliveryID)
    /// `42.2`, the second report of a delivery, counted from 1.
    case report(DeliveryID, ordinal: Int)
    /// `q10`, a rejected delivery.
    case quarantined(QuarantineID)
    /// The newest delivery. In commands on the quarantine: the newest rejected delivery.
    case latest

    /// The transform of `@Argument` and `@Option`. Failures of the transform are usage errors.
    static let parse: @Sendable (String) throws -> ItemReference = { text in
        guard let reference = ItemReference(text) else {
            throw ValidationError("not an ID; use 42, 42.2, q10 or latest")
        }
        return reference
    }

    init?(_ text: String) {
        if text == "latest" {
            self = .latest
        } else if text.utf8.first == UInt8(ascii: "q") {
            guard let id = DeliveryID(String(text.dropFirst())) else { return nil }
            self = .quarantined(QuarantineID(rawValue: id.rawValue))
        } else {
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard let id = parts.first.flatMap({ DeliveryID(String($0)) }) else { return nil }
            guard parts.count == 2 else {
                self = .delivery(id)
                return
            }
            guard let number = DecimalText.nonNegative(parts[1].utf8), let ordinal = Int(exactly: number), ordinal > 0,
                ReportID(delivery: id, ordinal: ordinal) != nil
            else { return nil }
            self = .report(id, ordinal: ordinal)
        }
    }

    var description: String {
        switch self {
        case .delivery(let id): "\(id)"
        case .report(let id, let ordinal): "\(id).\(ordinal)"
        case .quarantined(let id): "q\(id)"
        case .latest: "latest"
        }
    }

    /// The delivery of this reference. For `latest` and a report, the delivery that contains the report.
    ///
    /// - Parameter command: the command to name in the failure for a rejected delivery, such as `replay`.
    func deliveryID(_ reader: ArchiveReader, for command: String) throws -> DeliveryID {
        let (id, ordinal) = try report(reader, for: command)
        if let ordinal, try !reader.reports(of: id).contains(where: { $0.ordinal == ordinal }) {
            throw CommandFailure(
                .negative, "delivery \(id) has no report \(ordinal)", advice: "Run 'callbox show \(id)'.")
        }
        return id
    }

    /// The delivery and, for a reference such as `42.2`, the number of the report. `latest` is the newest report; the
    /// number is nil if that report is the first of its delivery. Fails if the archive has no such delivery.
    ///
    /// - Parameter command: the command to name in the failure for a rejected delivery, such as `show`.
    func report(
        _ reader: ArchiveReader, for command: String
    ) throws(CommandFailure) -> (id: DeliveryID, ordinal: Int?) {
        switch try archived(for: command) {
        case .latest:
            var filter = ReportFilter()
            filter.limit = 1
            guard let newest = try translating({ try reader.reports(matching: filter) }).first else {
                throw CommandFailure(
                    .negative, "the archive has no reports yet", advice: "Run 'callbox serve' to receive deliveries.")
            }
            return (newest.deliveryID, newest.ordinal > 1 ? newest.ordinal : nil)
        case .delivery(let id, let ordinal):
            guard try translating({ try reader.hasDelivery(id) }) else {
                throw CommandFailure.noSuchDelivery(id, try translating { try reader.absence(of: id) })
            }
            return (id, ordinal)
        }
    }

    /// The report of this reference. For a delivery, its first report. `latest` fails because it is not a report ID.
    ///
    /// - Parameter command: the command to name in the failure.
    func reportID(for command: String) throws(CommandFailure) -> ReportID {
        if case .delivery(let delivery, let ordinal) = try archived(for: command),
            let id = ReportID(delivery: delivery, ordinal: ordinal ?? 1)
        {
            return id
        }
        throw CommandFailure(.usage, "--before needs a report ID, such as 42 or 42.2")
    }

    /// The report or delivery in the archive, without a check that it exists. Fails for a rejected delivery.
    ///
    /// - Parameter command: the command to name in the failure.
    func archived(for command: String) throws(CommandFailure) -> ReportReference {
        switch self {
        case .delivery(let id): return .delivery(id, ordinal: nil)
        case .report(let id, let ordinal): return .delivery(id, ordinal: ordinal)
        case .latest: return .latest
        case .quarantined(let id):
            throw CommandFailure(
                .usage, "\(self) is a rejected delivery, but '\(command)' accepts only delivery and report IDs",
                advice: "Run 'callbox quarantine show q\(id)', or release it into the archive first.")
        }
    }

    /// The rejected delivery; nil for `latest`.
    ///
    /// - Parameter command: the command to name in the failure for a delivery in the archive, such as `quarantine
    ///   show`.
    func quarantineID(for command: String) throws(CommandFailure) -> QuarantineID? {
        switch self {
        case .quarantined(let id): return id
        case .latest: return nil
        case .delivery(let id), .report(let id, _):
            throw CommandFailure(
                .usage,
                "\(self) is a delivery in the archive, but '\(command)' accepts only quarantine IDs, such as q10",
                advice: "Run 'callbox show \(id)' for the delivery, or 'callbox quarantine list' for the IDs.")
        }
    }
}

extension CommandFailure {
    static func noSuchDelivery(_ id: DeliveryID, _ absence: DeliveryAbsence = .unknown) -> CommandFailure {
        switch absence {
        case .unknown:
            CommandFailure(
                .negative, "there is no delivery \(id) in this archive", advice: "Run 'callbox list' for the IDs.")
        case .notCopied(let end):
            CommandFailure(
                .negative, "delivery \(id) is not copied yet: this copy ends at entry \(end)",
                advice: "Run 'callbox follow', or check its log.")
        case .removed(let record):
            CommandFailure(
                .negative, "delivery \(id) was removed; entry \(record) records the removal",
                advice: "Run 'callbox list' for the remaining IDs.")
        }
    }
}
