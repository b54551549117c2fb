/// One SQL statement of a user. It runs read-only.
package struct SQLQuery: Sendable {
    package let sql: String
    /// Values by name, without the `:` before it.
    package var parameters: [String: SQLValue] = [:]
    /// The statement is stopped at this time. Set one, because its read transaction keeps a running server's log from
    /// being restarted.
    package var deadline: ContinuousClock.Instant?
    /// Called every few thousand steps and before each row; true ends the statement.
    package var isCancelled: @Sendable () -> Bool = { false }

    package init(_ sql: String) {
        self.sql = sql
    }
}

/// A value of a row.
package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    /// Invalid UTF-8 is replaced by U+FFFD.
    case text(String)
    case blob([UInt8])
}

/// Why a query or an SQL statement was not run, or ended early.
package enum QueryError: Error, Equatable {
    /// The text has no statement.
    case empty
    /// The statement is longer than SQLite accepts.
    case tooLong
    case severalStatements
    /// The statement does more than read. The value names the action, such as `DELETE`.
    case writes(String)
    /// A parameter has no value. Nil if the parameter has no name.
    case missingParameter(String?)
    /// The statement has no parameter of this name.
    case unknownParameter(String)
    /// SQLite's message, which may repeat parts of the statement and of the data.
    case failed(String)
    /// SQLite reached its memory limit.
    case outOfMemory
    case timedOut
    case cancelled
}

extension ArchiveReader {
    /// Runs a statement and passes its rows one by one, from one snapshot. Memory does not grow with their number.
    ///
    /// - Parameters:
    ///   - begin: called once, before the first row, with the distinct names of the columns.
    ///   - row: returns false to end the statement.
    /// - Throws: `QueryError`, `ArchiveError`, and errors of the closures.
    package func run(
        _ query: SQLQuery, begin: ([String]) throws -> Void, row: ([SQLValue]) throws -> Bool
    ) throws {
        let statement = try SQLStatement(query.sql, on: SQLConnection(self, watch: SQLWatch(query)))
        try statement.bind(query.parameters)
        try begin(statement.columns)
        while let values = try statement.next(), try row(values) {}
    }
}
