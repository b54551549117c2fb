internal import Deliveries
internal import NIOCore

/// Replaces tabs by spaces in the values of `Content-Length` and `Transfer-Encoding`.
///
/// A value may end with tabs or spaces (RFC 9110 §5.6.3), but after these values the parser accepts only spaces. Inside
/// these values tabs and spaces are both errors, so replacing tabs changes nothing. Other values keep their tabs,
/// because they are archived.
struct FramingTabs {
    private static let names = ["content-length:", "transfer-encoding:"].map { Array($0.utf8) }
    private static let longestNameByteCount = 18

    /// The first bytes of the current line up to its colon, in lower case.
    private var lineStart: [UInt8] = []
    private var isInFramingValue = false

    /// - Parameter bytes: a part of a head. A line may begin in an earlier part.
    mutating func replacingTabs(in bytes: ByteBuffer) -> ByteBuffer {
        let view = bytes.readableBytesView
        guard bytes.withUnsafeReadableBytes({ $0.contains(UInt8(ascii: "\t")) }) else {
            // Without tabs only the last line is read, because it may continue in the next part. Most heads arrive in
            // one part.
            let start = view.lastIndex(of: UInt8(ascii: "\n")) ?? view.startIndex
            for byte in view[start...] { read(byte) }
            return bytes
        }
        return ByteBuffer(
            bytes: view.map { byte in
                read(byte)
                return isInFramingValue && byte == UInt8(ascii: "\t") ? UInt8(ascii: " ") : byte
            })
    }

    private mutating func read(_ byte: UInt8) {
        guard byte != UInt8(ascii: "\n") else {
            lineStart.removeAll(keepingCapacity: true)
            isInFramingValue = false
            return
        }
        guard lineStart.count < Self.longestNameByteCount, lineStart.last != UInt8(ascii: ":") else { return }
        lineStart.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        if byte == UInt8(ascii: ":") { isInFramingValue = Self.names.contains(lineStart) }
    }
}
