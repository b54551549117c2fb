import Foundation

/// The input and the result of pselect(2). Swift cannot call the C macros that normally set the bits.
struct DescriptorSet {
    /// The number of descriptors that a set can contain.
    static let limit = 1024

    private var set = fd_set()
    private var highest: Int32 = -1

    mutating func insert(_ descriptor: Int32) {
        precondition((0..<Self.limit).contains(Int(descriptor)), "more descriptors than select(2) supports")
        highest = max(highest, descriptor)
        withUnsafeMutableBytes(of: &set) { $0[Int(descriptor) / 8] |= 1 << UInt8(descriptor % 8) }
    }

    /// Returns true if the set contains the descriptor. The code assumes a little-endian machine, where the bytes of a
    /// word are in the order of its bits.
    func contains(_ descriptor: Int32) -> Bool {
        withUnsafeBytes(of: set) { $0[Int(descriptor) / 8] & 1 << UInt8(descriptor % 8) != 0 }
    }

    /// Waits until a descriptor of either set is ready. Uses pselect(2), because its time-out is in nanoseconds, while
    /// the time-out of poll(2) is in milliseconds.
    static func wait(reading: inout DescriptorSet, writing: inout DescriptorSet, nanoseconds: Int64) -> Bool {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        let count = max(reading.highest, writing.highest) + 1
        return pselect(count, &reading.set, &writing.set, nil, &time, nil) > 0
    }
}
