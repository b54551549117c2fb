/// The checks of a legacy order: names such as `request_softcheck`, each sent as `true`.
enum CertnRequestFlags {
    /// Throws `badInput` for none and for what is no such name.
    static func add(_ flags: [String], to fields: inout BodyFields) throws(ProviderCallFailure) {
        guard !flags.isEmpty else { throw .badInput("The order asks for no check, such as request_softcheck.") }
        for (place, flag) in flags.enumerated() {
            let isName =
                flag.hasPrefix("request_") && flag.utf8.count > 8
                && flag.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
            guard isName else { throw .badInput("A check is named request_ and what is checked, in small letters.") }
            guard !flags[..<place].contains(flag) else { throw .badInput("The check \(flag) is named twice.") }
            fields.add(flag, true)
        }
    }
}
