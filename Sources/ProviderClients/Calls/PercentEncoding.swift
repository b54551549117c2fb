/// Percent-encoding of one component of an address (RFC 3986 §2.3): everything but the unreserved characters.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0f)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A segment of a path. Throws `badInput` for an empty one and for those that mean another place.
    static func segment(_ text: String, _ name: String) throws(ProviderCallFailure) -> String {
        guard !text.isEmpty, text != ".", text != "..", text.utf8.count <= 1024 else {
            throw .badInput("\(name) is empty or no identifier.")
        }
        return encode(text)
    }
}
