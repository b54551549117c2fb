internal import Deliveries
internal import GRDB
internal import Journal
internal import Quarantine

// These types are decoded strictly: a NULL, another type or an unknown name in a column of a damaged file throws an
// error.

extension ArrivalID: DatabaseValueConvertible {}
extension DeliveryID: DatabaseValueConvertible {}
extension FollowUpState: DatabaseValueConvertible {}
extension LinkID: DatabaseValueConvertible {}
extension LinkState: DatabaseValueConvertible {}
extension QuarantineID: DatabaseValueConvertible {}
extension ReplayRunState: DatabaseValueConvertible {}
extension ReportID: DatabaseValueConvertible {}
extension RouteRule: DatabaseValueConvertible {}
extension Verification: DatabaseValueConvertible {}

extension Timestamp: DatabaseValueConvertible {
    /// The column value: milliseconds since 1970.
    var databaseValue: DatabaseValue { millisecondsSinceEpoch.databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(millisecondsSinceEpoch:))
    }
}

extension String {
    /// The text with U+FFFD instead of U+0000, which a provider's JSON may contain. SQLite binds a string only up to
    /// its first NUL, so different keys would become equal.
    var bindable: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }))
    }
}

/// The SQL for parameters, such as `?, ?, ?`.
func marks(_ count: Int) -> String {
    repeatElement("?", count: count).joined(separator: ", ")
}

extension Database {
    /// Inserts a row and replaces NUL characters in its strings. Ignores the row if it violates a UNIQUE constraint.
    func insert(_ table: String, _ values: KeyValuePairs<String, (any DatabaseValueConvertible)?>) throws {
        let arguments = values.map { name, value -> (any DatabaseValueConvertible)? in
            if let text = value as? String { text.bindable } else { value }
        }
        try cachedStatement(
            sql: """
                INSERT INTO \(table) (\(values.map(\.key).joined(separator: ", "))) VALUES (\(marks(values.count)))
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: StatementArguments(arguments))
    }
}
