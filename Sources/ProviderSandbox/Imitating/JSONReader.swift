internal import Foundation

/// Reads JSON with its members in the order they were written in and its numbers as they were spelt, so that what a
/// customer hands over comes back to it unchanged. Foundation says whether it is JSON; it forgets the order.
enum JSONReader {
    private struct Frame {
        let isObject: Bool
        var name: String?
        var members: [JSON.Member] = []
        var elements: [JSON] = []

        var value: JSON { isObject ? .object(JSONReader.unique(members)) : .array(elements) }
    }

    /// Nil for anything that is not JSON in UTF-8, and for nesting deeper than the platform's own parser takes.
    static func read(_ bytes: [UInt8]) -> JSON? {
        guard String(validating: bytes, as: UTF8.self) != nil, foundationValue(bytes) != nil else { return nil }
        var frames: [Frame] = []
        var result: JSON?
        var index = 0
        while index < bytes.count {
            var value: JSON?
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                frames.append(Frame(isObject: bytes[index] == UInt8(ascii: "{")))
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                value = frames.popLast()?.value
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ","),
                UInt8(ascii: ":"):
                index += 1
            case UInt8(ascii: "\""):
                guard let text = string(bytes, &index) else { return nil }
                if let top = frames.last, top.isObject, top.name == nil {
                    frames[frames.count - 1].name = text
                } else {
                    value = .string(text)
                }
            default:
                value = word(bytes, &index)
                guard value != nil else { return nil }
            }
            guard let value else { continue }
            guard let top = frames.indices.last else {
                result = value
                continue
            }
            if let name = frames[top].name {
                frames[top].members.append(JSON.Member(name, value))
                frames[top].name = nil
            } else {
                frames[top].elements.append(value)
            }
        }
        return frames.isEmpty ? result : nil
    }

    private static func string(_ bytes: [UInt8], _ index: inout Int) -> String? {
        let start = index
        var hasEscapes = false
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            let isEscape = bytes[index] == UInt8(ascii: "\\")
            hasEscapes = hasEscapes || isEscape
            index += isEscape ? 2 : 1
        }
        guard index < bytes.count else { return nil }
        index += 1
        if hasEscapes { return foundationValue(bytes[start..<index]) as? String }
        return String(validating: bytes[(start + 1)..<(index - 1)], as: UTF8.self)
    }

    private static func foundationValue(_ bytes: some Sequence<UInt8>) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    private static func word(_ bytes: [UInt8], _ index: inout Int) -> JSON? {
        let start = index
        while index < bytes.count, isWordByte(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "": return nil
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: return .number(text)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Of members with the same name the last one counts, in the place of the first, as in JavaScript.
    private static func unique(_ members: [JSON.Member]) -> [JSON.Member] {
        var places: [String: Int] = [:]
        var kept: [JSON.Member] = []
        for member in members {
            if let place = places[member.name] {
                kept[place] = member
            } else {
                places[member.name] = kept.count
                kept.append(member)
            }
        }
        return kept
    }
}
