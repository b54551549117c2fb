/// Removes the white space between the values of JSON text.
package enum JSONCompaction {
    /// The text as a serialiser would write it that keeps the order of names and the digits of numbers. The text is not
    /// validated: text that is not JSON yields other text that is not JSON.
    package static func compact(_ bytes: [UInt8]) -> [UInt8] {
        var position = JSONStringPosition()
        return bytes.filter { byte in
            let isInString = position.advance(over: byte)
            return isInString || byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09
        }
    }
}

/// Limits of texts that are passed to Foundation's `JSONDecoder`.
package enum DecodableJSON {
    /// The reason why a text must not be passed to the decoder.
    package enum Problem: Sendable, Equatable {
        /// The text is not UTF-8. The decoder also accepts UTF-16, in which brackets and quotes cannot be found by
        /// byte. Each such text contains a NUL.
        case notUTF8
        /// The text is nested too deeply. In Foundation of Swift 6.3.1, 513 opening brackets at the end of a text cause
        /// a trap.
        case tooDeep
    }

    /// - Parameter depthLimit: the maximum number of levels of arrays and objects.
    package static func problem(in bytes: UnsafeRawBufferPointer, depthLimit: Int) -> Problem? {
        var position = JSONStringPosition()
        var depth = 0
        for byte in bytes {
            guard byte != 0 else { return .notUTF8 }
            guard !position.advance(over: byte) else { continue }
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                depth += 1
                if depth > depthLimit { return .tooDeep }
            } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                depth -= 1
            }
        }
        return nil
    }
}

/// Distinguishes the bytes of strings from those between values.
private struct JSONStringPosition {
    private var isInString = false
    private var isEscaped = false

    /// True if the byte is part of a string, including quotation marks.
    mutating func advance(over byte: UInt8) -> Bool {
        guard isInString else {
            isInString = byte == UInt8(ascii: "\"")
            return isInString
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
        return true
    }
}
