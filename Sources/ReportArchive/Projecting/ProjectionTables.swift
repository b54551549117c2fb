internal import Deliveries
internal import GRDB

/// The tables that the projection owns, and its cursor.
enum ProjectionTables {
    /// Where the cursor stands while the tables are being emptied.
    static let isBeingEmptied: Int64 = -1

    /// The number of the last delivery that was projected.
    static func cursor(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT journalId FROM projection WHERE name = 'reports'")) ?? 0
    }

    /// The first arrival that queries do not show: the batch that is being written may lack its fields still.
    static func firstHiddenArrival(_ db: Database) throws -> ArrivalID {
        // A damaged cursor may be any number.
        ArrivalID(min(max(0, try cursor(db)), ArrivalID.deliveryLimit - 1) + 1, 0)
    }

    static func moveCursor(to id: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE projection SET journalId = ? WHERE name = 'reports'", arguments: [id])
    }

    /// Tells everybody that the tables are being emptied, which `ProjectionClearing` then does.
    static func beginClearing(_ db: Database) throws {
        try moveCursor(to: isBeingEmptied, db)
    }
}
