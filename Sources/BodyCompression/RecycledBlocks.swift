internal import CSystemZlib

/// Memory for a zlib stream. The stream is copied and freed for every body, and each copy takes 268 KB. The C library
/// would return this memory to the system and request it again, at twenty times the cost of the copy.
///
/// Not safe to share, because it belongs to one `DeflateStream`.
final class RecycledBlocks {
    private struct Block {
        let start: UnsafeMutableRawPointer
        let byteCount: Int
        var isFree: Bool
    }

    /// The blocks: five for a stream and five for its copy.
    private var blocks: [Block] = []

    deinit {
        for block in blocks { block.start.deallocate() }
    }

    /// A stream that is not initialized. It allocates from this object and must not be used after this object is freed.
    func emptyStream() -> z_stream {
        var stream = z_stream()
        stream.opaque = Unmanaged.passUnretained(self).toOpaque()
        stream.zalloc = { owner, itemCount, itemByteCount in
            guard let owner else { return nil }
            let blocks = Unmanaged<RecycledBlocks>.fromOpaque(owner).takeUnretainedValue()
            return blocks.take(itemCount: Int(itemCount), itemByteCount: Int(itemByteCount))
        }
        stream.zfree = { owner, start in
            guard let owner, let start else { return }
            Unmanaged<RecycledBlocks>.fromOpaque(owner).takeUnretainedValue().release(start)
        }
        return stream
    }

    private func take(itemCount: Int, itemByteCount: Int) -> UnsafeMutableRawPointer? {
        let (byteCount, isTooMuch) = itemCount.multipliedReportingOverflow(by: itemByteCount)
        guard !isTooMuch else { return nil }
        for index in blocks.indices where blocks[index].isFree && blocks[index].byteCount == byteCount {
            blocks[index].isFree = false
            return blocks[index].start
        }
        let start = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
        blocks.append(Block(start: start, byteCount: byteCount, isFree: false))
        return start
    }

    private func release(_ start: UnsafeMutableRawPointer) {
        for index in blocks.indices where blocks[index].start == start { blocks[index].isFree = true }
    }
}
