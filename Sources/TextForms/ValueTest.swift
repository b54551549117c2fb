internal import Deliveries
internal import Foundation
internal import StrictJSON

/// A condition on a value: `>=100`, `~^05`, or that the value exists.
package struct ValueTest: Sendable, Equatable, CustomStringConvertible {
    /// The relation between a value and the operand. A numeric operand is compared only with numbers. Any other operand
    /// is compared by bytes, which also orders RFC 3339 times in UTC.
    package enum Relation: String, Sendable, CaseIterable {
        case equal = "="
        /// No value equals the operand. Also true if there is no value.
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        /// The value contains a match of a regular expression.
        case matches = "~"
        /// No value contains a match of a regular expression. Also true if there is no value.
        case notMatches = "!~"
        case present = ""
        case absent = "!"

        package var isNegative: Bool {
            self == .notEqual || self == .notMatches || self == .absent
        }

        /// The relation to test for each value. For a negative relation, this is the opposite relation, which must be
        /// false for all values.
        fileprivate var ofOneValue: Relation {
            switch self {
            case .notEqual: .equal
            case .notMatches: .matches
            case .absent: .present
            default: self
            }
        }
    }

    package let relation: Relation
    package let operand: String
    /// The folded operand; nil if bytes are compared.
    package let key: String?
    private let number: DecimalValue?
    private let expression: NSRegularExpression?

    /// Nil if the regular expression is invalid.
    ///
    /// - Parameter folds: true to match all spellings of the operand or, for a regular expression, composed and
    ///   decomposed characters.
    package init?(_ relation: Relation, _ operand: String, folds: Bool = false) {
        self.relation = relation
        self.operand = operand
        self.key = folds ? TextFolding.key(operand) : nil
        self.number = DecimalValue(operand)
        if relation.ofOneValue == .matches {
            guard
                let expression = try? NSRegularExpression(
                    pattern: folds ? operand.precomposedStringWithCanonicalMapping : operand)
            else { return nil }
            self.expression = expression
        } else {
            self.expression = nil
        }
    }

    package var description: String {
        relation.rawValue + operand
    }

    /// A regular expression needs more than about half a second, or too much memory, for one value.
    package struct TooSlow: Error, Equatable {
        package let expression: String

        package init(expression: String) {
            self.expression = expression
        }
    }

    /// True if a value has the relation. For a negative relation, true if the value has the opposite relation, so the
    /// whole test fails.
    ///
    /// - Parameter isNumber: whether `10` equals `10.0`, as for JSON numbers.
    /// - Throws: `TooSlow`.
    package func finds(_ value: String, isNumber: Bool = false) throws -> Bool {
        switch relation.ofOneValue {
        case .present: return true
        case .matches:
            let value = key == nil ? value : value.precomposedStringWithCanonicalMapping
            return try expression.map { try hasMatch($0, value) } ?? false
        case .equal:
            if value.hasSameBytes(as: operand) || key.map(TextFolding.key(value).hasSameBytes) == true { return true }
            guard isNumber, let number else { return false }
            return DecimalValue(value) == number
        default: return order(of: value)
        }
    }

    /// Backtracking can take exponential time, so the search has a limit of processor time. ICU reports progress after
    /// each start position and after every 10,000 steps at a start position. `reportCompletion` is necessary because a
    /// search that fails with a full stack would otherwise look like a search without a match.
    private func hasMatch(_ expression: NSRegularExpression, _ value: String) throws -> Bool {
        var (reportCount, end) = (0, Duration.zero)
        var (isFound, isTooSlow) = (false, false)
        expression.enumerateMatches(
            in: value, options: [.reportProgress, .reportCompletion], range: NSRange(value.startIndex..., in: value)
        ) { match, flags, stop in
            isFound = isFound || match != nil
            isTooSlow = isTooSlow || flags.contains(.internalError)
            if reportCount.isMultiple(of: Self.reportsPerCheck) {
                let time = Self.processorTime
                if reportCount == 0 { end = time + Self.searchLimit }
                isTooSlow = isTooSlow || time > end
            }
            reportCount += 1
            stop.pointee = ObjCBool(isFound || isTooSlow)
        }
        guard isFound || !isTooSlow else { throw TooSlow(expression: operand) }
        return isFound
    }

    private static let searchLimit: Duration = .milliseconds(500)
    private static let reportsPerCheck = 64

    /// The processor time of this thread, which other threads and processes do not affect.
    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    private func order(of value: String) -> Bool {
        let (isLess, isGreater): (Bool, Bool)
        if let number {
            // If only the operand is a number, the value is neither less nor greater than the operand.
            guard let other = DecimalValue(value) else { return false }
            (isLess, isGreater) = (other < number, number < other)
        } else {
            isLess = value.utf8.lexicographicallyPrecedes(operand.utf8)
            isGreater = operand.utf8.lexicographicallyPrecedes(value.utf8)
        }
        return switch relation {
        case .less: isLess
        case .lessOrEqual: !isGreater
        case .greater: isGreater
        case .greaterOrEqual: !isLess
        default: false
        }
    }
}
