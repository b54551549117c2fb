internal import Deliveries
package import Journal
package import ReportIndex
package import TerminalOutput

/// Finds the spellings that a hold by field does not cover. Holds compare bytes, but filters match all spellings.
package enum HoldScope {
    private static let countLimit = 1000

    /// Prints a note with the number of reports that have the value of a hold in another spelling.
    package static func noteSpellings(
        _ subject: HoldRecord.Subject, _ reader: ArchiveReader, _ console: Console
    ) throws {
        guard case .field(let field) = subject else { return }
        var filter = ReportFilter()
        filter.fields = [field]
        filter.limit = countLimit
        let held = try reader.reports(matching: filter).count
        filter.folds = true
        let count = try reader.reports(matching: filter).count - held
        guard count > 0 else { return }
        console.note(
            "\(HumanText.count(count, "report")) with another spelling of this name or value \(count == 1 ? "is" : "are") not held; "
                + "a hold compares bytes. List them with callbox list --\(field.name.hasPrefix("externalInfo.") ? "external" : "field") and hold each spelling"
        )
    }
}
