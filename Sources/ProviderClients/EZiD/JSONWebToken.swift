internal import Deliveries
internal import StrictJSON

/// The parts of a compact JWT, read without any check of its signature.
struct JSONWebToken {
    /// Longer texts are no tokens of EZiD's.
    static let byteCountLimit = 64 * 1024

    let header: JSONDocument
    let claims: JSONDocument

    /// Nil for what is no JWT, such as an opaque token.
    init?(_ text: String) {
        guard text.utf8.count <= Self.byteCountLimit else { return nil }
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]) else {
            return nil
        }
        self.header = header
        self.claims = claims
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONDocument? {
        guard let bytes = Base64Text.decode(part), let document = try? JSONDocument(parsing: bytes),
            document.root.kind == .object
        else { return nil }
        return document
    }

    /// A claim in seconds; a fraction is cut off.
    func seconds(_ claim: String) -> Int64? {
        guard let value = claims.root[claim], value.kind == .number else { return nil }
        return DecimalText.nonNegative(Array(value.rawText.utf8.prefix { $0 != UInt8(ascii: ".") }))
    }
}
