import Testing

@testable import Deliveries

@Suite struct SecureRandomTests {
    /// A block in which the value of each byte is its index. A repeated or skipped byte is thus detected.
    private static func numbered() -> RandomBlock {
        RandomBlock { target in
            for index in target.indices { target[index] = UInt8(truncatingIfNeeded: index) }
        }
    }

    private static func take(_ count: Int, from block: inout RandomBlock) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xff, count: count)
        bytes.withUnsafeMutableBytes { block.take(into: $0) }
        return bytes
    }

    @Test(
        "bytes are used once and in order, even across blocks", arguments: [1, 8, 16, 255, 256, 257, 1000])
    func order(count: Int) {
        var block = Self.numbered()
        var taken: [UInt8] = []
        while taken.count < 4 * RandomBlock.byteCount { taken += Self.take(count, from: &block) }
        #expect(taken == taken.indices.map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test("a used byte is erased from memory, and an unused byte is not")
    func zeroed() {
        var block = Self.numbered()
        _ = Self.take(100, from: &block)
        #expect(block.memory == [UInt8](repeating: 0, count: 100) + (100...255))
    }

    @Test("taking zero bytes uses none")
    func empty() {
        var block = Self.numbered()
        #expect(Self.take(0, from: &block) == [])
        #expect(Self.take(2, from: &block) == [0, 1])
    }

    @Test("bytes that several threads take at the same time differ")
    func threads() async {
        let drawn = await withTaskGroup(of: [[UInt8]].self) { tasks in
            for _ in 0..<8 { tasks.addTask { (0..<1000).map { _ in SecureRandom.bytes(16) } } }
            return await tasks.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.allSatisfy { $0.count == 16 })
        #expect(Set(drawn).count == 8000)
    }

    @Test("words differ from each other, and about half of their bits are set")
    func words() {
        var generator = SecureRandom()
        let words = (0..<4096).map { _ in generator.next() }
        #expect(Set(words).count == words.count)
        let setCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
        // One standard deviation is 256 bits. The tolerance is twenty standard deviations.
        #expect(abs(setCount - 64 * 4096 / 2) < 20 * 256)
    }
}
