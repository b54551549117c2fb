internal import Redaction

/// A text that opens an account. It shows itself to nobody: not in a message, not in a dump.
package struct Credential: Sendable, Hashable {
    /// For the request that needs it.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Throws `badInput` for what no header or body should carry: nothing at all, or control characters.
    func validated(_ name: String) throws(ProviderCallFailure) {
        guard !text.isEmpty else { throw .badInput("\(name) is empty.") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw .badInput("\(name) holds a control character, perhaps the end of a line.")
        }
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Masking.mask }
    package var debugDescription: String { Masking.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
