internal import Foundation
internal import StrictJSON

/// Encodes messages to frames and decodes them.
enum ControlCoding {
    /// The maximum number of nested arrays and objects in a frame.
    static let depthLimit = 64

    /// Encodes a message to a frame, including its length.
    static func encode(_ message: some Encodable, byteCountLimit: Int) throws(ControlFailure) -> Data {
        let encoder = JSONEncoder()
        // Equal messages have equal bytes in every process.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
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
            // The text of the decoder's error can quote the frame, so it is not used.
            throw .malformed("the frame is valid JSON, but not a message of this version")
        }
    }

    private static func check(_ json: Data) throws(ControlFailure) {
        switch json.withUnsafeBytes({ DecodableJSON.problem(in: $0, depthLimit: depthLimit) }) {
        case .notUTF8: throw .malformed("the frame is not UTF-8")
        case .tooDeep: throw .malformed("the frame is nested deeper than \(depthLimit) levels")
        case nil: break
        }
    }
}
