internal import Deliveries

/// Creates the tables of a shared journal, and reads the journal's UUID.
package enum JournalSetup {
    static let format: Int64 = 1
    private static let limit: Duration = .seconds(30)

    package enum Outcome: Sendable, Equatable {
        case created
        case alreadyThere
    }

    /// Creates the schema `callbox` if the database does not have it. Blocks.
    package static func create(_ settings: SharedJournalSettings) throws(PostgresFailure) -> Outcome {
        let connection = try settings.connect("init")
        if try exists(connection) {
            _ = try identity(connection)
            return .alreadyThere
        }
        try connection.executeScript(
            String(decoding: PackageResources.schema_sql, as: UTF8.self), limit: limit)
        return .created
    }

    private static func exists(_ connection: PostgresConnection) throws(PostgresFailure) -> Bool {
        try connection.execute(
            """
            SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'callbox')
            """, limit: limit
        ).flag(0, 0)
    }

    /// The UUID of the journal in a database.
    static func identity(_ connection: PostgresConnection) throws(PostgresFailure) -> [UInt8] {
        let rows = try connection.execute(
            "SELECT uuid, format FROM callbox.journal WHERE id = 1", limit: limit)
        guard rows.count == 1, try rows.integer(0, 1) == format else {
            throw .rejected(sqlState: "0A000", message: "the shared journal uses a different format")
        }
        return rows.bytes(0, 0)
    }
}
