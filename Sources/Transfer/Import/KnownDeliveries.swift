package import Deliveries
internal import Journal
package import ReportIndex

/// The identifiers of the deliveries that an archive has: 16 bytes each, in a set that is made once. There is no index of
/// them, for nothing else asks.
package struct KnownDeliveries {
    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ uuid: UUIDv7) {
            func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
            high = word(uuid.bytes.prefix(8))
            low = word(uuid.bytes.suffix(8))
        }
    }

    private var keys: Set<Key> = []

    /// Of an archive that is still empty.
    package init() {}

    package init(_ reader: ArchiveReader) throws {
        var keys: Set<Key> = []
        try reader.forEachIdentifier { _, uuid in keys.insert(Key(uuid)) }
        self.keys = keys
    }

    /// False where it is known already.
    package mutating func insert(_ uuid: UUIDv7) -> Bool {
        keys.insert(Key(uuid)).inserted
    }
}
