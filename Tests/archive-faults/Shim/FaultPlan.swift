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

    let operation: Operation
    /// The first one that fails, counted from 1; nil counts and lets everything pass.
    let first: Int?
    /// How many fail, one after the other.
    var length = 1
    let manner: Manner
}
