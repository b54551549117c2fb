/// The reason why a statement or a connection failed.
package enum PostgresFailure: Error, Equatable {
    /// The connection could not be opened.
    case cannotConnect(reason: String)
    /// The server rejected the statement, which committed no changes.
    case rejected(sqlState: String, message: String)
    /// The connection broke, or the time limit passed, while a statement ran. The statement may have been committed.
    case outcomeUnknown(reason: String)
    /// A value that the server returned does not have the expected type.
    case unexpectedResult
}

extension PostgresFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotConnect(let reason): reason
        case .rejected(let state, let message): "\(message) (SQLSTATE \(state))"
        case .outcomeUnknown(let reason): reason
        case .unexpectedResult: "the server returned an unexpected result"
        }
    }
}

extension PostgresFailure {
    /// True for SQLSTATE class 22 or 23: a single row is the cause, so other rows may succeed.
    var mayBeCausedByOneRow: Bool {
        if case .rejected(let state, _) = self { state.hasPrefix("22") || state.hasPrefix("23") } else { false }
    }

    /// True for SQLSTATE 23505, unique_violation.
    var isUniqueViolation: Bool {
        if case .rejected("23505", _) = self { true } else { false }
    }

    /// True for SQLSTATE 42501, insufficient_privilege.
    var isMissingPrivilege: Bool {
        if case .rejected("42501", _) = self { true } else { false }
    }

    /// True for SQLSTATE 53100, disk_full.
    var isStorageFull: Bool {
        if case .rejected("53100", _) = self { true } else { false }
    }
}
