internal import Deliveries
internal import StrictJSON

/// The parts of a compact JWT (RFC 7519). The signature is not checked.
struct JSONWebToken {
    /// The maximum length of a token in bytes.
    static let byteCountLimit = 64 * 1024

    let header: JSONDocument
    let claims: JSONDocument
    let signature: [UInt8]
    /// The bytes that the signature covers.
    let signed: ArraySlice<UInt8>

    /// Nil for any other text, such as an opaque token.
    init?(_ text: String) {
        guard text.utf8.count <= Self.byteCountLimit else { return nil }
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64Text.decode(parts[2])
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = bytes[..<parts[1].endIndex]
    }

    /// The claims of a string with three parts. Does not check the first and the last part.
    static func claims(of text: String) -> JSONDocument? {
        let parts = text.utf8.prefix(byteCountLimit).split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3 ? object(Array(parts[1])[...]) : nil
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONDocument? {
        guard let bytes = Base64Text.decode(part), let document = try? JSONDocument(parsing: bytes),
            document.root.kind == .object
        else { return nil }
        return document
    }

    /// A claim that contains seconds since 1970. Drops fractions and clamps the value to 64 bits of milliseconds.
    func time(_ claim: String) -> Timestamp? {
        guard let value = claims.root[claim], value.kind == .number,
            let seconds = DecimalText.nonNegative(Array(value.rawText.utf8.prefix { $0 != UInt8(ascii: ".") }))
        else { return nil }
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return Timestamp(millisecondsSinceEpoch: overflow ? .max : milliseconds)
    }
}
