package import Deliveries
internal import Journal
package import ReportIndex

/// The UUIDs of the deliveries in an archive, 16 bytes each. The set is built for each import, because only imports
/// need it.
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

    /// An empty set, for an archive that does not exist yet.
    package init() {}

    package init(_ reader: ArchiveReader) throws {
        var keys: Set<Key> = []
        try reader.forEachIdentifier { _, uuid in keys.insert(Key(uuid)) }
        self.keys = keys
    }

    /// Adds a UUID. Returns false if the UUID is already known.
    package mutating func insert(_ uuid: UUIDv7) -> Bool {
        keys.insert(Key(uuid)).inserted
    }
}
