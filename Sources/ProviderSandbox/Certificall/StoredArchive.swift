/// A ZIP file whose entries are stored as they are (APPNOTE 6.3, without ZIP64): fewer than 65,536 of them and less
/// than 4 GiB altogether.
enum StoredArchive {
    struct Entry: Sendable {
        /// ASCII, without a folder.
        let name: String
        let bytes: [UInt8]
    }

    static func bytes(_ entries: [Entry]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = file.count
            let name = Array(entry.name.utf8)
            // Version 2.0, no flags, stored, 1 January 1980 at midnight.
            var common = word(20) + word(0) + word(0) + word(0) + word(0x21)
            common += double(checksum(of: entry.bytes)) + double(UInt32(truncatingIfNeeded: entry.bytes.count))
            common +=
                double(UInt32(truncatingIfNeeded: entry.bytes.count)) + word(UInt16(truncatingIfNeeded: name.count))
            common += word(0)
            file += double(0x0403_4b50) + common + name + entry.bytes
            directory += double(0x0201_4b50) + word(20) + common
            directory += word(0) + word(0) + word(0) + double(0) + double(UInt32(truncatingIfNeeded: offset)) + name
        }
        let count = word(UInt16(truncatingIfNeeded: entries.count))
        let end =
            double(0x0605_4b50) + word(0) + word(0) + count + count
            + double(UInt32(truncatingIfNeeded: directory.count))
            + double(UInt32(truncatingIfNeeded: file.count)) + word(0)
        return file + directory + end
    }

    /// CRC-32 of ISO 3309.
    static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xffff_ffff as UInt32) { sum, byte in
            sum >> 8 ^ table[Int((sum ^ UInt32(byte)) & 0xff)]
        }
    }

    private static let table = (0..<256).map { (index: UInt32) in
        (0..<8).reduce(index) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xedb8_8320 : word >> 1 }
    }

    private static func word(_ value: UInt16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private static func double(_ value: UInt32) -> [UInt8] {
        word(UInt16(truncatingIfNeeded: value)) + word(UInt16(truncatingIfNeeded: value >> 16))
    }
}
