internal import Foundation
internal import StrictJSON

/// A condition on a value: `>=100`, `~^05`, present.
package struct ValueTest: Sendable, Equatable, CustomStringConvertible {
    /// How a value stands to the operand. To a number values are compared that are numbers, to anything else all, by their
    /// bytes, which puts times (RFC 3339, UTC) in order too.
    package enum Relation: String, Sendable, CaseIterable {
        case equal = "="
        /// No value is equal; a name that is not there will do.
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        /// A regular expression is found in it.
        case matches = "~"
        /// The expression is found in no value; a name that is not there will do.
        case notMatches = "!~"
        case present = ""
        case absent = "!"

        /// Whether it says what no value may be.
        package var isNegative: Bool {
            self == .notEqual || self == .notMatches || self == .absent
        }

        /// The relation of a single value; a negative test matches when no value has it.
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
    private let number: DecimalValue?
    private let expression: NSRegularExpression?

    /// Nil when the regular expression is invalid.
    package init?(_ relation: Relation, _ operand: String) {
        self.relation = relation
        self.operand = operand
        self.number = DecimalValue(operand)
        if relation.ofOneValue == .matches {
            guard let expression = try? NSRegularExpression(pattern: operand) else { return nil }
            self.expression = expression
        } else {
            self.expression = nil
        }
    }

    package var description: String {
        relation.rawValue + operand
    }

    /// Whether one value is what the test is about. What a negative test wants is that none is.
    ///
    /// - Parameter isNumber: whether `10` and `10.0` are the same, as they are for numbers of JSON.
    package func finds(_ value: String, isNumber: Bool = false) -> Bool {
        switch relation.ofOneValue {
        case .present: return true
        case .matches:
            return expression?.firstMatch(in: value, range: NSRange(value.startIndex..., in: value)) != nil
        case .equal:
            if value == operand, value.utf8.elementsEqual(operand.utf8) { return true }
            guard isNumber, let number else { return false }
            return DecimalValue(value) == number
        default: return order(of: value)
        }
    }

    private func order(of value: String) -> Bool {
        let (isLess, isGreater): (Bool, Bool)
        if let number {
            // A text is neither more nor less than a number.
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
