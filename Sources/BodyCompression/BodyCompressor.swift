/// Compresses bodies to zlib streams (RFC 1950). Plain zlib is enough to decompress them.
package protocol BodyCompressor: AnyObject, Sendable {
    /// The preset dictionary that every stream needs; nil if none.
    var dictionary: PresetDictionary? { get }

    /// Compresses bytes. Returns nil if the stream would not be smaller than `bytes` or if memory allocation fails.
    func compress(_ bytes: [UInt8]) -> [UInt8]?
}
