/// The ID of a delivery: its position in the journal, counted from 1 and never reused.
///
/// `list` prints it, `show` and `replay` accept it, and the response to the provider contains it.
package struct DeliveryID: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static func < (lhs: DeliveryID, rhs: DeliveryID) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

extension DeliveryID: LosslessStringConvertible {
    /// Parses decimal digits. Nil for zero, signs and more than 18 digits.
    package init?(_ description: String) {
        guard let number = DecimalText.nonNegative(description.utf8), number > 0 else { return nil }
        self.rawValue = number
    }

    package var description: String { String(rawValue) }
}
