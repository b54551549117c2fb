import BodyCompression
import Deliveries

extension EncodedHead {
    /// The text that it holds.
    func text() throws -> [UInt8] {
        try HeadCompression.decode(
            storedBytes, byteCountLimit: 16 << 20, dictionary: HeadCompression.dictionary)
    }

    func opened() throws -> RequestHead? {
        RequestHead(try text())
    }
}
