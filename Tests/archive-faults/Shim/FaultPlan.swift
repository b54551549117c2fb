/// The system calls of SQLite that can fail.
enum Operation: Int, CaseIterable {
    /// The methods `xWrite` and `xTruncate`.
    case write
    case sync
    case read
    case allocation
}

/// Determines which operations fail, and how.
struct FaultPlan: Sendable {
    enum Manner: Sendable {
        /// The operation has no effect and fails with this code.
        case error(Int32)
        /// Half of the bytes are written. Then the operation fails with this code.
        case torn(Int32)

        var code: Int32 {
            switch self {
            case .error(let code), .torn(let code): code
            }
        }
    }

    /// The databases of an archive. Each database has a single writer thread, so its operations have the same order in
    /// every run.
    enum Database: Int, CaseIterable {
        case journal
        case index
        case other
    }

    let operation: Operation
    /// The database whose operations fail; nil for all databases.
    var database: Database?
    /// The number of the first operation that fails, counted from 1; nil if operations are only counted.
    var first: Int?
    /// The number of consecutive failures.
    var length: Int
    let manner: Manner

    init(
        operation: Operation, database: Database? = .journal, first: Int? = nil, length: Int = 1, manner: Manner
    ) {
        self.operation = operation
        self.database = database
        self.first = first
        self.length = length
        self.manner = manner
    }
}
