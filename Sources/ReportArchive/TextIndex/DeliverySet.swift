/// Some of the 1024 deliveries of a block.
struct DeliverySet: Equatable {
    /// Bit `n` of word `n / 64` is the delivery at place `n`.
    private var words: [UInt64]

    init() {
        words = Array(repeating: 0, count: TextBlock.deliveryCount / 64)
    }

    /// Nil for bytes that are no set.
    ///
    /// - Parameter stored: 16-bit places, little-endian, or where those would take more the 1024 bits.
    init?(stored: [UInt8]) {
        self.init()
        if stored.count == TextBlock.deliveryCount / 8 {
            for (index, byte) in stored.enumerated() { words[index / 8] |= UInt64(byte) << (UInt64(index % 8) * 8) }
            return
        }
        guard stored.count < TextBlock.deliveryCount / 8, stored.count.isMultiple(of: 2) else { return nil }
        for index in stride(from: 0, to: stored.count, by: 2) {
            let place = Int(stored[index]) | Int(stored[index + 1]) << 8
            guard place < TextBlock.deliveryCount else { return nil }
            insert(place)
        }
    }

    var stored: [UInt8] {
        guard count * 2 < TextBlock.deliveryCount / 8 else {
            return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) } }
        }
        return places.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    var count: Int {
        words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    var isEmpty: Bool {
        words.allSatisfy { $0 == 0 }
    }

    /// In ascending order.
    var places: [Int] {
        words.indices.flatMap { index in
            var (word, places) = (words[index], [Int]())
            while word != 0 {
                places.append(index * 64 + word.trailingZeroBitCount)
                word &= word - 1
            }
            return places
        }
    }

    /// - Parameter place: from 0 to 1023.
    func contains(_ place: Int) -> Bool {
        words[place / 64] & 1 << UInt64(place % 64) != 0
    }

    /// - Parameter place: from 0 to 1023.
    mutating func insert(_ place: Int) {
        words[place / 64] |= 1 << UInt64(place % 64)
    }

    mutating func formUnion(_ other: DeliverySet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: DeliverySet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func subtract(_ other: DeliverySet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }
}
