/// What makes zlib streams (RFC 1950) of bodies. Every one of them reads back with zlib alone.
package protocol BodyCompressor: AnyObject, Sendable {
    /// What every stream refers to; nil where each stands by itself.
    var dictionary: PresetDictionary? { get }

    /// The zlib stream for `bytes`, or nil where it would not be smaller, and where there is no memory for it.
    func compress(_ bytes: [UInt8]) -> [UInt8]?
}
