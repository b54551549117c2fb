internal import CSystemZlib

/// Compresses short texts that consist mostly of parts of a preset dictionary. The result is a zlib stream with one
/// block of fixed codes (RFC 1950, RFC 1951 §3.2.6).
///
/// For every text, a zlib compressor copies a stream of 25 KB that contains the dictionary, and builds three code
/// trees. Both steps together take longer than finding the matches. This type indexes the dictionary only once.
package final class FixedCodeCompressor: BodyCompressor {
    /// The maximum length of the input in bytes. zlib compresses longer inputs better, because they benefit from
    /// dynamic codes.
    package static let byteCountLimit = 4096

    package let dictionary: PresetDictionary?

    private static let hashBits: UInt32 = 12
    private static let leastMatch = 4
    private static let longestMatch = 258
    private static let longestDistance = 32_768
    /// The maximum number of dictionary positions to compare for a match, nearest first.
    private static let depth = 16

    private let known: [UInt8]
    /// For each hash of four bytes, the last position in the dictionary with this hash, plus one; 0 if there is none.
    private let places: [UInt16]
    /// For each position, the previous position with the same hash, plus one; 0 if there is none.
    private let earlierPlaces: [UInt16]
    /// The codes of the literal and length symbols 0 to 287. Bits 0 to 15 contain the code in the order of writing. The
    /// higher bits contain its length in bits.
    private let codes: [UInt32]
    private let header: [UInt8]

    package init(dictionary: PresetDictionary) {
        self.dictionary = dictionary
        known = dictionary.bytes
        var places = [UInt16](repeating: 0, count: 1 << Int(Self.hashBits))
        var earlierPlaces = [UInt16](repeating: 0, count: known.count)
        known.withUnsafeBytes { known in
            for place in 0..<max(0, known.count - Self.leastMatch + 1) {
                let hash = Self.hash(known.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                earlierPlaces[place] = places[hash]
                places[hash] = UInt16(place + 1)
            }
        }
        self.places = places
        self.earlierPlaces = earlierPlaces
        codes = (0..<288).map { symbol in
            switch symbol {
            case ..<144: Self.code(0x30 + symbol, bitCount: 8)
            case ..<256: Self.code(0x190 + symbol - 144, bitCount: 9)
            case ..<280: Self.code(symbol - 256, bitCount: 7)
            default: Self.code(0xc0 + symbol - 280, bitCount: 8)
            }
        }
        // The zlib header (a window of 32 KB, fastest compression, FDICT), then the checksum of the dictionary.
        header = [0x78, 0x20] + withUnsafeBytes(of: dictionary.checksum.bigEndian) { Array($0) }
    }

    package func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 8, bytes.count <= Self.byteCountLimit else { return nil }
        // The capacity is sufficient, because a literal takes at most nine bits and a match takes fewer bits than its
        // literals.
        let capacity = header.count + bytes.count + bytes.count / 8 + 16
        let compressed = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            var writer = BitWriter(output)
            for byte in header { writer.append(UInt64(byte), 8) }
            bytes.withUnsafeBytes { text in
                known.withUnsafeBytes { known in
                    places.withUnsafeBufferPointer { places in
                        earlierPlaces.withUnsafeBufferPointer { earlierPlaces in
                            codes.withUnsafeBufferPointer { codes in
                                Self.encode(
                                    text, Index(known: known, places: places, earlierPlaces: earlierPlaces), codes,
                                    &writer)
                            }
                        }
                    }
                }
            }
            writer.finishByte()
            let checksum = bytes.withUnsafeBufferPointer {
                adler32(1, $0.baseAddress, UInt32(truncatingIfNeeded: $0.count))
            }
            for shift in stride(from: 24, through: 0, by: -8) {
                writer.append(UInt64(checksum >> UInt32(shift) & 0xff), 8)
            }
            writer.finishByte()
            count = writer.count
        }
        return compressed.count < bytes.count ? compressed : nil
    }

    private struct Index {
        let known: UnsafeRawBufferPointer
        let places: UnsafeBufferPointer<UInt16>
        let earlierPlaces: UnsafeBufferPointer<UInt16>
    }

    private static func encode(
        _ text: UnsafeRawBufferPointer, _ index: Index, _ codes: UnsafeBufferPointer<UInt32>, _ writer: inout BitWriter
    ) {
        // Starts the only block of the stream, with fixed codes.
        writer.append(0b011, 3)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 1 << Int(hashBits)) { own in
            own.initialize(repeating: 0)
            var position = 0
            var pending: (length: Int, distance: Int)? = nil
            while position < text.count {
                let match = pending ?? longest(at: position, text, index, own)
                pending = nil
                if match.length >= leastMatch {
                    if match.length < 32 && position + 1 < text.count {
                        let next = longest(at: position + 1, text, index, own)
                        if next.length > match.length {
                            writer.append(codes[Int(text[position])])
                            position += 1
                            pending = next
                            continue
                        }
                    }
                    writer.append(length: match.length, distance: match.distance, codes)
                    position += match.length
                } else {
                    writer.append(codes[Int(text[position])])
                    position += 1
                }
            }
        }
        writer.append(codes[256])
    }

    @inline(__always)
    private static func longest(
        at position: Int, _ text: UnsafeRawBufferPointer, _ index: Index, _ own: UnsafeMutableBufferPointer<UInt16>
    ) -> (length: Int, distance: Int) {
        let limit = min(text.count - position, longestMatch)
        guard limit >= leastMatch else { return (0, 0) }
        let key = text.loadUnaligned(fromByteOffset: position, as: UInt32.self)
        let hash = hash(key)
        var best = (length: 0, distance: 0)
        let earlier = Int(own[hash]) - 1
        own[hash] = UInt16(position + 1)
        if earlier >= 0, text.loadUnaligned(fromByteOffset: earlier, as: UInt32.self) == key {
            var length = leastMatch
            while length < limit && text[earlier + length] == text[position + length] { length += 1 }
            best = (length, position - earlier)
        }
        var place = Int(index.places[hash]) - 1
        var remaining = depth
        while place >= 0 && remaining > 0 {
            let distance = position + index.known.count - place
            guard distance <= longestDistance else { break }
            if index.known.loadUnaligned(fromByteOffset: place, as: UInt32.self) == key {
                let end = min(limit, index.known.count - place)
                var length = leastMatch
                while length < end && index.known[place + length] == text[position + length] { length += 1 }
                if length > best.length { best = (length, distance) }
            }
            place = Int(index.earlierPlaces[place]) - 1
            remaining -= 1
        }
        return best
    }

    @inline(__always)
    private static func hash(_ word: UInt32) -> Int {
        Int((word &* 2_654_435_761) >> (32 - hashBits))
    }

    private static func code(_ code: Int, bitCount: Int) -> UInt32 {
        var reversed: UInt32 = 0
        for bit in 0..<bitCount where code >> bit & 1 == 1 { reversed |= 1 << UInt32(bitCount - 1 - bit) }
        return reversed | UInt32(bitCount) << 16
    }
}
