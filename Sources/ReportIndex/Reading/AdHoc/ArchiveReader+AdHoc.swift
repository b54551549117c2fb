internal import Journal

extension ArchiveReader {
    /// Runs a statement and passes its rows on one by one, all of one snapshot. Memory does not grow with their number.
    ///
    /// - Parameters:
    ///   - begin: called once, before the first row, with the names of the columns, each of them different.
    ///   - row: returns false to end the statement.
    package func run(
        _ query: AdHocQuery, begin: ([String]) throws -> Void, row: ([SQLValue]) throws -> Bool
    ) throws(AdHocFailure) {
        let connection: AdHocConnection
        do throws(ArchiveError) {
            connection = try AdHocConnection(self, watch: AdHocWatch(query))
        } catch {
            throw .archive(error)
        }
        let statement = try AdHocStatement(query.sql, on: connection)
        try statement.bind(query.parameters)
        func hand<Value>(_ work: () throws -> Value) throws(AdHocFailure) -> Value {
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

extension AdHocQuery {
    /// Limits SQLite's memory in this process for good; a statement that needs more fails.
    package static func boundMemory(byteCount: Int64) {
        AdHocConnection.boundMemory(byteCount: byteCount)
    }
}
