package import Deliveries

/// The end of a Certilink in the only form that is taken: `2025-12-31T23:59:59.000+0100`.
package struct CertilinkExpiration: Sendable, Equatable {
    package let text: String

    /// Throws `badInput` for another form (an offset with a colon, `Z`, no milliseconds) and for days that do not exist.
    package init(_ text: String) throws(ProviderCallFailure) {
        let isOfForm =
            text.utf8.count == 28
            && zip(text.utf8, "0000-00-00T00:00:00.000+0000".utf8).allSatisfy { byte, pattern in
                switch pattern {
                case UInt8(ascii: "0"): (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                case UInt8(ascii: "+"): byte == pattern || byte == UInt8(ascii: "-")
                default: byte == pattern
                }
            }
        guard isOfForm, Timestamp(rfc3339: text.utf8) != nil else {
            throw .badInput("expirationDate is not written as 2025-12-31T23:59:59.000+0100.")
        }
        self.text = text
    }

    /// A moment, written in UTC. Throws `badInput` for years beyond 9999.
    package init(_ moment: Timestamp) throws(ProviderCallFailure) {
        try self.init(moment.rfc3339.dropLast() + "+0000")
    }
}
