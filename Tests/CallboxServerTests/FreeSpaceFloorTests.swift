import Testing

@testable import CallboxServer

@Suite("The floor of free space")
struct FreeSpaceFloorTests {
    @Test(
        "256 MiB are kept free, or 5 % of a small disk",
        arguments: [
            (65_535, 10_000_000, 4096, true), (65_536, 10_000_000, 4096, false), (0, 10_000_000, 4096, true),
            (999, 20_000, 4096, true), (1000, 20_000, 4096, false), (0, 0, 0, false), (5, 100, 0, false),
            (.max, .max, .max, false),
        ] as [(UInt64, UInt64, UInt64, Bool)])
    func floor(free: UInt64, count: UInt64, size: UInt64, isShort: Bool) {
        #expect(
            FreeSpaceFloor.isShort(freeBlockCount: free, blockCount: count, blockByteCount: size) == isShort)
    }

    @Test("a disk that does not answer is not short")
    func missing() {
        #expect(!FreeSpaceFloor(path: "/nonexistent/folder").isShort())
    }
}
