internal import Deliveries

/// The parts of a request that did not come through the listener, held to the listener's limits.
enum RequestParts {
    private static let methodByteCountLimit = 32
    private static let targetByteCountLimit = 64 * 1024
    private static let peerByteCountLimit = 256
    private static let headerCountLimit = 1000
    private static let headerByteCountLimit = 1024 * 1024

    static func method(_ text: String) throws(ImportProblem) -> String {
        guard text.utf8.count <= methodByteCountLimit, isToken(text) else { throw ImportProblem("has a wrong method") }
        return text
    }

    /// Without blanks and control characters, which would end a request line.
    static func target(_ text: String) throws(ImportProblem) -> String {
        guard !text.isEmpty, text.utf8.count <= targetByteCountLimit, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { throw ImportProblem("has a wrong target") }
        return text
    }

    static func peer(_ text: String) throws(ImportProblem) -> String {
        guard text.utf8.count <= peerByteCountLimit, text.utf8.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
            throw ImportProblem("has a wrong peer")
        }
        return text
    }

    /// Names are tokens, values have no line break and no zero: nothing that a replay would send as another line.
    static func headers(_ fields: [HeaderField]) throws(ImportProblem) -> HeaderFields {
        guard fields.count <= headerCountLimit,
            fields.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= headerByteCountLimit
        else { throw ImportProblem("has too many headers") }
        for field in fields {
            let isPlain = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
            guard isToken(field.name), isPlain else { throw ImportProblem("has a header that HTTP does not allow") }
        }
        return HeaderFields(fields)
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
