internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Unpredictable bytes from the operating system. The bytes are fetched in blocks of 256 bytes, because one system call
/// per word is slow. Each byte is used once and then overwritten with zero. Can be used on any thread.
package struct SecureRandom: RandomNumberGenerator, Sendable {
    private static let block = Mutex(RandomBlock(fill: Self.fillFromSystem))

    package init() {}

    package mutating func next() -> UInt64 {
        var word: UInt64 = 0
        withUnsafeMutableBytes(of: &word) { bytes in Self.block.withLock { $0.take(into: bytes) } }
        return word
    }

    /// Returns `count` new bytes, for salts and keys.
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            block.withLock { $0.take(into: target) }
            initializedCount = count
        }
    }

    private static func fillFromSystem(_ target: UnsafeMutableRawBufferPointer) {
        // getentropy(3) returns at most 256 bytes per call, the size of a block.
        if let start = target.baseAddress, getentropy(start, target.count) == 0 { return }
        var generator = SystemRandomNumberGenerator()
        for index in target.indices { target[index] = UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// A block of fetched bytes, some of which may already be used.
struct RandomBlock: Sendable {
    static let byteCount = 256

    private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Void
    private var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    private var usedCount = Self.byteCount

    init(fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) {
        self.fill = fill
    }

    /// The bytes in memory, for tests.
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
