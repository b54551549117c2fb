/// One SQL statement that a person wrote. It runs read-only.
package struct SQLQuery: Sendable {
    package let sql: String
    /// Values by name, without the `:` before it.
    package var parameters: [String: SQLValue] = [:]
    /// When it is stopped. Its read transaction keeps a running server from starting its log over, so there should be one.
    package var deadline: ContinuousClock.Instant?
    /// Asked every few thousand steps and before each row; true ends the statement.
    package var isCancelled: @Sendable () -> Bool = { false }

    package init(_ sql: String) {
        self.sql = sql
    }
}

/// A value of a row as SQLite has it.
package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    /// What is not UTF-8 in it is repaired.
    case text(String)
    case blob([UInt8])
}

/// Why a query or an SQL statement was not run, or ended early.
package enum QueryError: Error, Equatable {
    /// A regular expression of a filter needs more than about a second for one value.
    case expressionTooSlow(String)
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
    /// Runs a statement and passes its rows on one by one, all of one snapshot. Memory does not grow with their number.
    ///
    /// - Parameters:
    ///   - begin: called once, before the first row, with the names of the columns, each of them different.
    ///   - row: returns false to end the statement.
    package func run(
        _ query: SQLQuery, begin: ([String]) throws -> Void, row: ([SQLValue]) throws -> Bool
    ) throws {
        let statement = try SQLStatement(query.sql, on: SQLConnection(self, watch: SQLWatch(query)))
        try statement.bind(query.parameters)
        try begin(statement.columns)
        while let values = try statement.next(), try row(values) {}
    }
}

extension SQLQuery {
    /// Limits SQLite's memory in this process for good; a statement that needs more fails.
    package static func boundMemory(byteCount: Int64) {
        SQLConnection.boundMemory(byteCount: byteCount)
    }
}
