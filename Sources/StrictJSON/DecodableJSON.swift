/// What a text must keep to before Foundation's `JSONDecoder` reads it.
///
/// In Foundation of Swift 6.3.1, 513 opening brackets at the end of the text end the process with a trap.
package enum DecodableJSON {
    /// Why a text must not reach the decoder.
    package enum Problem: Sendable, Equatable {
        /// The decoder accepts UTF-16 too, in which brackets and quotes are not found by byte. Each such text has a NUL.
        case notUTF8
        case tooDeep
    }

    /// - Parameter depthLimit: levels of arrays and objects.
    package static func problem(in bytes: UnsafeRawBufferPointer, depthLimit: Int) -> Problem? {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            switch byte {
            case 0: return .notUTF8
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = isInString
            case UInt8(ascii: "\""): isInString.toggle()
            case _ where isInString: break
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > depthLimit { return .tooDeep }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return nil
    }
}
