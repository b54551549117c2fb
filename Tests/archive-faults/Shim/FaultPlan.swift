/// What SQLite asks of the system and what can be made to fail.
enum Operation: Int, CaseIterable {
    /// xWrite and xTruncate.
    case write
    case sync
    case read
    case allocation
}

/// Which operations fail, and how.
struct FaultPlan: Sendable {
    enum Manner: Sendable {
        /// The operation is not carried out.
        case error(Int32)
        /// Half of the bytes are written, then the operation fails.
        case torn(Int32)

        var code: Int32 {
            switch self {
            case .error(let code), .torn(let code): code
            }
        }
    }

    /// Databases of an archive. Each is written by one thread, so the operations on one are in the same order in every run.
    enum Database: Int, CaseIterable {
        case journal
        case index
        case other
    }

    let operation: Operation
    /// Nil for all of them.
    var database: Database?
    /// The first one that fails, counted from 1; nil counts and lets everything pass.
    var first: Int?
    /// How many fail, one after the other.
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
