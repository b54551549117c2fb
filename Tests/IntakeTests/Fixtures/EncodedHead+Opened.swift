import BodyCompression
import Deliveries

extension EncodedHead {
    /// The text that it holds.
    func text() throws -> [UInt8] {
        if storedBytes.first == UInt8(ascii: "[") { return storedBytes }
        return try ZlibDecompressor.decompress(
            storedBytes, byteCountLimit: 16 << 20, dictionary: HeadCompression.dictionary)
    }

    func opened() throws -> RequestHead? {
        RequestHead(try text())
    }
}
