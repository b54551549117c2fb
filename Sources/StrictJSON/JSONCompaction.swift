/// Takes the white space out of JSON text.
package enum JSONCompaction {
    /// The bytes without white space between values: what a serialiser writes that keeps the order of names and the digits of
    /// numbers. The text is not checked; what is no JSON comes out as something else that is no JSON.
    package static func compact(_ bytes: [UInt8]) -> [UInt8] {
        var compact: [UInt8] = []
        compact.reserveCapacity(bytes.count)
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
                continue
            }
            compact.append(byte)
        }
        return compact
    }
}
