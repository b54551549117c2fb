import Deliveries
import Journal

/// A record that contains its number. The number is negative, so it differs from the numbers of deliveries.
struct TestRecord: Sendable {
    let number: Int

    var record: JournalRecord {
        .hold(HoldRecord(subject: .field(ReportField("number", "\(number)")), reason: "record \(number)"))
    }

    /// Reads the number from a record of the journal. The result is nil if this program did not create the record.
    init?(_ record: JournalRecord) {
        guard case .hold(let hold) = record, case .field(let field) = hold.subject, field.name == "number",
            let number = Int(field.value), hold.reason == "record \(number)"
        else { return nil }
        self.number = number
    }

    init(number: Int) {
        self.number = number
    }

    static let recordedAt = Timestamp(millisecondsSinceEpoch: 1_760_000_000_000)
}
