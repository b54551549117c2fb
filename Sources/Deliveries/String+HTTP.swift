extension String {
    /// True for a token, such as a method or the name of a header (RFC 9110 §5.6.2).
    package var isToken: Bool {
        !isEmpty && utf8.allSatisfy(\.isTokenCharacter)
    }

    /// True for the value of a header: a string without control characters other than tab. A line break in the value
    /// could start another header (RFC 9110 §5.5).
    package var isFieldValue: Bool {
        utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
    }
}

extension UInt8 {
    /// True for a character of a token (RFC 9110 §5.6.2).
    package var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
