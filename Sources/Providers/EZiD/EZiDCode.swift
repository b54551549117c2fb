internal import Deliveries
internal import StrictJSON

/// EZiD's code: a compact JSON Web Token whose key only EZiD has (ezid-reference: Code). It is read for its identifier
/// and times and believed in nothing.
enum EZiDCode {
    /// The claims, where the code has three parts and the middle one is base 64 of a JSON object.
    static func claims(of code: String) -> JSONDocument? {
        let parts = code.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64Text.decode(parts[1]),
            let document = try? JSONDocument(parsing: bytes), document.root.kind == .object
        else { return nil }
        return document
    }

    /// `iat`, Unix seconds.
    static func issuedAt(_ claims: JSONDocument) -> Timestamp? {
        guard let text = claims.root["iat"]?.scalarText, text.utf8.count <= 13,
            let seconds = DecimalText.nonNegative(text.utf8)
        else { return nil }
        return Timestamp(millisecondsSinceEpoch: seconds * 1000)
    }
}
