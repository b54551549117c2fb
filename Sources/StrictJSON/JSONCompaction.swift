/// Removes the white space between the values of JSON text.
package enum JSONCompaction {
    /// The text without white space between values. Keeps the order of names and the digits of numbers. Does not
    /// validate the text: if it is not JSON, the result is not JSON either.
    package static func compact(_ bytes: [UInt8]) -> [UInt8] {
        var position = JSONStringPosition()
        return bytes.filter { byte in
            let isInString = position.advance(over: byte)
            return isInString || byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09
        }
    }
}

/// Checks the limits of texts that are passed to Foundation's `JSONDecoder`.
package enum DecodableJSON {
    /// The reason why a text must not be passed to `JSONDecoder`.
    package enum Problem: Sendable, Equatable {
        /// The text is not UTF-8. `JSONDecoder` also accepts UTF-16, in which a search by bytes does not find brackets
        /// and quotation marks. Every UTF-16 text with JSON contains a NUL.
        case notUTF8
        /// The text is nested too deeply. In Foundation of Swift 6.3.1, a text that ends with 513 opening brackets
        /// causes a trap.
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

/// Tracks whether a byte of JSON text is part of a string.
private struct JSONStringPosition {
    private var isInString = false
    private var isEscaped = false

    /// Advances over a byte. Returns true if the byte is part of a string, including its quotation marks.
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
