package import Journal

/// One SQL statement that a person wrote. It runs read-only.
package struct AdHocQuery: Sendable {
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

/// Why a statement ended before its last row.
package enum AdHocFailure: Error {
    case archive(ArchiveError)
    /// It was not begun.
    case rejected(SQLRejection)
    /// SQLite's own words, which may repeat parts of the statement and of the data.
    case failed(String)
    /// It reached the memory limit.
    case outOfMemory
    case timedOut
    case cancelled
    /// The caller's own code ended it.
    case stopped(any Error)
}

/// Why a statement is not begun.
package enum SQLRejection: Sendable, Equatable {
    case empty
    case tooLong
    case severalStatements
    /// It would do something else than read; the words of SQLite's authorizer, such as `DELETE`.
    case writes(String)
    /// A parameter has no value; nil when it has no name.
    case missingParameter(String?)
    /// The statement does not have a parameter that is given.
    case unknownParameter(String)
}
