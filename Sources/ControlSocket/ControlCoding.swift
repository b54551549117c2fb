internal import Foundation

/// Turns messages into frames and back.
enum ControlCoding {
    /// Levels of arrays and objects in a frame.
    static let depthLimit = 64

    /// The frame with its length.
    static func encode(_ message: some Encodable, byteCountLimit: Int) throws(ControlFailure) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let json: Data
        do { json = try encoder.encode(message) } catch { throw .malformed("the message cannot be encoded as JSON") }
        guard json.count <= byteCountLimit, let length = UInt32(exactly: json.count) else {
            throw .tooLarge(byteCount: json.count, limit: byteCountLimit)
        }
        return withUnsafeBytes(of: length.bigEndian) { Data($0) } + json
    }

    static func decode<Message: Decodable>(_ type: Message.Type, from json: Data) throws(ControlFailure) -> Message {
        try check(json)
        do {
            return try JSONDecoder().decode(type, from: json)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw .malformed("the frame is not valid JSON")
        } catch {
            // The error's own text can quote the frame.
            throw .malformed("the frame is valid JSON, but not a message of this version")
        }
    }

    /// Rejects what must not reach JSONDecoder. In Foundation of Swift 6.3.1, 513 opening brackets at the end of the text
    /// end the process with a trap. NUL is rejected because JSONDecoder accepts UTF-16, in which quotes are not found by byte.
    private static func check(_ json: Data) throws(ControlFailure) {
        let problem = json.withUnsafeBytes { bytes -> String? in
            var depth = 0
            var isInString = false
            var isEscaped = false
            for byte in bytes {
                switch byte {
                case 0: return "the frame is not UTF-8"
                case _ where isEscaped: isEscaped = false
                case UInt8(ascii: "\\"): isEscaped = isInString
                case UInt8(ascii: "\""): isInString.toggle()
                case _ where isInString: break
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    if depth > depthLimit { return "the frame is nested deeper than \(depthLimit) levels" }
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
            }
            return nil
        }
        if let problem { throw .malformed(problem) }
    }
}
