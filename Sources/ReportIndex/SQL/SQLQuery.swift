package import Journal

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

/// Why a statement ended before its last row.
package enum SQLFailure: Error {
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

extension ArchiveReader {
    /// Runs a statement and passes its rows on one by one, all of one snapshot. Memory does not grow with their number.
    ///
    /// - Parameters:
    ///   - begin: called once, before the first row, with the names of the columns, each of them different.
    ///   - row: returns false to end the statement.
    package func run(
        _ query: SQLQuery, begin: ([String]) throws -> Void, row: ([SQLValue]) throws -> Bool
    ) throws(SQLFailure) {
        let connection: SQLConnection
        do throws(ArchiveError) {
            connection = try SQLConnection(self, watch: SQLWatch(query))
        } catch {
            throw .archive(error)
        }
        let statement = try SQLStatement(query.sql, on: connection)
        try statement.bind(query.parameters)
        func hand<Value>(_ work: () throws -> Value) throws(SQLFailure) -> Value {
            do {
                return try work()
            } catch {
                throw .stopped(error)
            }
        }
        try hand { try begin(statement.columns) }
        while let values = try statement.next() {
            guard try hand({ try row(values) }) else { return }
        }
    }
}

extension SQLQuery {
    /// Limits SQLite's memory in this process for good; a statement that needs more fails.
    package static func boundMemory(byteCount: Int64) {
        SQLConnection.boundMemory(byteCount: byteCount)
    }
}
