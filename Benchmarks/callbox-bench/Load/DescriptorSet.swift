import Foundation

/// The input and the result of pselect(2), which Swift cannot set with the C macros.
struct DescriptorSet {
    /// The limit of descriptors in the set.
    static let limit = 1024

    private var set = fd_set()
    private var highest: Int32 = -1

    mutating func insert(_ descriptor: Int32) {
        precondition((0..<Self.limit).contains(Int(descriptor)), "more descriptors than select(2) supports")
        highest = max(highest, descriptor)
        withUnsafeMutableBytes(of: &set) { $0[Int(descriptor) / 8] |= 1 << UInt8(descriptor % 8) }
    }

    /// True if the descriptor is in the set. On a little-endian machine the bits of a word are in its bytes in order.
    func contains(_ descriptor: Int32) -> Bool {
        withUnsafeBytes(of: set) { $0[Int(descriptor) / 8] & 1 << UInt8(descriptor % 8) != 0 }
    }

    /// Waits until a descriptor of either set is ready. The time-out has nanoseconds, while poll(2) supports only
    /// milliseconds.
    static func wait(reading: inout DescriptorSet, writing: inout DescriptorSet, nanoseconds: Int64) -> Bool {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        let count = max(reading.highest, writing.highest) + 1
        return pselect(count, &reading.set, &writing.set, nil, &time, nil) > 0
    }
}
