internal import Deliveries
internal import Foundation

/// Checks of what a caller wants to send, for mistakes that need no server to be found.
enum InputCheck {
    /// Throws `badInput` for nothing and for nothing but spaces.
    static func notEmpty(_ text: String, _ name: String) throws(ProviderCallFailure) {
        guard text.contains(where: { !$0.isWhitespace }) else { throw .badInput("\(name) is empty.") }
    }

    static func notEmpty(_ text: String?, _ name: String) throws(ProviderCallFailure) {
        if let text { try notEmpty(text, name) }
    }

    /// Throws `badInput` for what is no absolute http or https address. Providers call these, we do not.
    static func webAddress(_ text: String?, _ name: String) throws(ProviderCallFailure) {
        guard let text else { return }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
        guard isPlain, let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false
        else { throw .badInput("\(name) is no http or https address.") }
    }

    /// Throws `badInput` for what has no @ between two other things. The provider knows more.
    static func email(_ text: String?, _ name: String) throws(ProviderCallFailure) {
        guard let text else { return }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !text.contains(where: \.isWhitespace) else {
            throw .badInput("\(name) is no e-mail address.")
        }
    }

    /// Throws `badInput` for what is no day of the calendar, written `2001-02-28`.
    static func day(_ text: String?, _ name: String) throws(ProviderCallFailure) {
        guard let text else { return }
        guard text.utf8.count == 10, Timestamp(rfc3339: "\(text)T00:00:00Z".utf8) != nil else {
            throw .badInput("\(name) is no day written as 2001-02-28.")
        }
    }

    /// Throws `badInput` for a number outside of the range.
    static func range(_ value: Int64?, _ range: ClosedRange<Int64>, _ name: String) throws(ProviderCallFailure) {
        guard let value, !range.contains(value) else { return }
        throw .badInput(
            range.upperBound == .max
                ? "\(name) is below \(range.lowerBound)."
                : "\(name) is not between \(range.lowerBound) and \(range.upperBound).")
    }
}
