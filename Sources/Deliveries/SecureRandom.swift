internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Unpredictable bytes from the operating system, fetched in blocks: one system call for 256 bytes instead of one for
/// each word. Can be used on any thread. Each byte is used once and then overwritten with zero.
package struct SecureRandom: RandomNumberGenerator, Sendable {
    private static let block = Mutex(RandomBlock(fill: Self.fillFromSystem))

    package init() {}

    package mutating func next() -> UInt64 {
        var word: UInt64 = 0
        withUnsafeMutableBytes(of: &word) { bytes in Self.block.withLock { $0.take(into: bytes) } }
        return word
    }

    /// `count` new bytes, for salts and keys.
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            block.withLock { $0.take(into: target) }
            initializedCount = count
        }
    }

    private static func fillFromSystem(_ target: UnsafeMutableRawBufferPointer) {
        // getentropy(3) accepts at most 256 bytes, a block's size.
        if let start = target.baseAddress, getentropy(start, target.count) == 0 { return }
        var generator = SystemRandomNumberGenerator()
        for index in target.indices { target[index] = UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// Bytes that were fetched but not yet used.
struct RandomBlock: Sendable {
    static let byteCount = 256

    private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Void
    private var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    private var usedCount = Self.byteCount

    init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) {
        self.fill = fill
    }

    /// The bytes as they are in memory. Used by tests.
    var memory: [UInt8] { bytes }

    mutating func take(into target: UnsafeMutableRawBufferPointer) {
        var filledCount = 0
        while filledCount < target.count {
            if usedCount == Self.byteCount {
                bytes.withUnsafeMutableBytes { fill($0) }
                usedCount = 0
            }
            let count = min(target.count - filledCount, Self.byteCount - usedCount)
            bytes.withUnsafeMutableBytes { bytes in
                let source = UnsafeMutableRawBufferPointer(rebasing: bytes[usedCount..<usedCount + count])
                UnsafeMutableRawBufferPointer(rebasing: target[filledCount..<filledCount + count])
                    .copyMemory(from: UnsafeRawBufferPointer(source))
                source.initializeMemory(as: UInt8.self, repeating: 0)
            }
            usedCount += count
            filledCount += count
        }
    }
}
