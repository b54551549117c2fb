/// A read-only SQL statement of a user.
package struct SQLQuery: Sendable {
    package let sql: String
    /// The parameter values by name, without the leading `:`.
    package var parameters: [String: SQLValue] = [:]
    /// The time at which the statement is stopped. Always set a deadline, because the read transaction prevents a
    /// running server from restarting its log.
    package var deadline: ContinuousClock.Instant?
    /// Called every few thousand steps and before each row. Returning true stops the statement.
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
    /// A text. Invalid UTF-8 is replaced by U+FFFD.
    case text(String)
    case blob([UInt8])
}

/// The reason why a query or an SQL statement did not run, or was stopped.
package enum QueryError: Error, Equatable {
    /// The text contains no statement.
    case empty
    /// The statement is longer than SQLite accepts.
    case tooLong
    case severalStatements
    /// The statement tries to change data. The value names the action, such as `DELETE`.
    case writes(String)
    /// A parameter has no value. The value is the parameter's name; nil if it has no name.
    case missingParameter(String?)
    /// The statement has no parameter of this name.
    case unknownParameter(String)
    /// The statement failed. The value is SQLite's message, which may quote parts of the statement and of the data.
    case failed(String)
    /// SQLite reached its memory limit.
    case outOfMemory
    case timedOut
    case cancelled
}

extension ArchiveReader {
    /// Runs a statement and passes its rows one by one, from one snapshot. Memory use does not depend on the number of
    /// rows.
    ///
    /// - Parameters:
    ///   - begin: called once, before the first row, with distinct names of the columns.
    ///   - row: called for each row; returns false to stop the statement.
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
