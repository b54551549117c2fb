/// Compresses bodies to zlib streams (RFC 1950), which zlib alone can decompress.
package protocol BodyCompressor: AnyObject, Sendable {
    /// The preset dictionary that every stream needs, if any.
    var dictionary: PresetDictionary? { get }

    /// Nil if the stream would not be smaller than `bytes`, or if there is no memory.
    func compress(_ bytes: [UInt8]) -> [UInt8]?
}
